import { http } from '@tomte/protocols';
import type { Exchange, ExchangeSink, ParserLimits } from '@tomte/protocols';
import { piecesOf, workloads } from './traffic.ts';
import type { Workload } from './traffic.ts';

/**
 * What the HTTP parser costs on kept-alive connections, the reading of every field included:
 * `node packages/protocols/bench/http.bench.ts`. `pnpm bench parse` sets it beside llhttp.
 */
interface ParseBenchResult {
  readonly bytes: number;
  readonly seconds: number;
  readonly exchanges: number;
}

const limits: ParserLimits = {
  maxBodyBytes: 2048,
  maxHeaderBytes: 65_536,
  maxPendingRequests: 128,
  maxTargetBytes: 1024,
};

/** Touches what a row is made of, so that no work can be put off for ever. */
function readAll({ requestHeaders, responseHeaders, ...rest }: Exchange): number {
  let characters = rest.path.length + rest.query.length + rest.host.length + rest.responseBody.length;
  for (const headers of [requestHeaders, responseHeaders]) {
    for (const [name, value] of headers) characters += name.length + value.length;
  }
  return characters;
}

/** Parses rounds until `seconds` have passed; `nowNs` is a clock of the machine, or of the process's own time. */
export function parseBench(
  seconds: number,
  nowNs: () => bigint,
  workload: Workload = 'typical',
): ParseBenchResult {
  const round = piecesOf(workload);
  let exchanges = 0;
  let characters = 0;
  const sink: ExchangeSink = {
    exchange: (exchange) => {
      exchanges += 1;
      characters += readAll(exchange);
    },
    loss: (loss) => {
      throw new Error(`the parser lost ${loss.bytes} bytes of the benchmark's traffic: ${loss.detail}`);
    },
  };
  const parser = http.connect({ limits, decompress: () => undefined, fromStart: true }, sink);
  const positions = { request: 0, response: 0 };
  const roundsAtOnce = Math.ceil(1000 / round.length);
  const startNs = nowNs();
  const endNs = startNs + BigInt(Math.round(seconds * 1e9));
  let atNs = 0;
  while (nowNs() < endNs) {
    for (let times = 0; times < roundsAtOnce; times += 1) {
      for (const { side, bytes } of round) {
        parser.push(side, bytes, positions[side], (atNs += 1000));
        positions[side] += bytes.length;
      }
    }
  }
  const elapsedNs = Number(nowNs() - startNs);
  if (characters === 0) throw new Error('no exchange was read');
  return { bytes: positions.request + positions.response, seconds: elapsedNs / 1e9, exchanges };
}

/** CPU time of this process: what else the machine does hardly counts. */
function cpuNs(): bigint {
  const { user, system } = process.cpuUsage();
  return BigInt(user + system) * 1000n;
}

if (import.meta.main) {
  for (const workload of Object.keys(workloads) as Workload[]) {
    parseBench(1, cpuNs, workload); // until everything is compiled
    const runs = Array.from({ length: 5 }, () => parseBench(0.5, cpuNs, workload));
    const best = Math.min(...runs.map((run) => run.seconds / run.exchanges));
    const rate = Math.max(...runs.map((run) => run.bytes / run.seconds));
    const text = `${(best * 1e6).toFixed(2)} µs of CPU an exchange, ${(rate / 1e6).toFixed(0)} MB/s`;
    process.stdout.write(`http ${workload}: ${text}\n`);
  }
}
