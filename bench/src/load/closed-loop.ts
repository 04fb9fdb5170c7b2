import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '@tomte/kit';

const run = promisify(execFile);

export interface ClosedLoopOrder {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly cores: string;
}

/** wrk, as fast as the server answers; its requests a second. First in line on its processors, but not for ever. */
export async function closedLoop(order: ClosedLoopOrder): Promise<number> {
  const { stdout } = await run('taskset', [
    ...['-c', order.cores, 'nice', '-n', '-20', 'wrk', '-t1', `-c${order.connections}`],
    ...[`-d${order.seconds}`, order.url],
  ]);
  return parseWrk(stdout);
}

/** @throws AppError when an answer was no success or a connection failed */
export function parseWrk(output: string): number {
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(output)?.[1];
  const fault = /^\s*(Non-2xx.*|Socket errors.*)$/m.exec(output)?.[1];
  if (rate !== undefined && fault === undefined) return Number(rate);
  const remedy = 'Run it again; if it stays, nginx does not serve what was asked for.';
  throw new AppError('BENCH_LOAD_FAILED', `wrk: ${fault ?? output.trim()}`, { remedy });
}
