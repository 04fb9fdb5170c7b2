import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tomte/kit';

const PROBE_INTERVAL_MS = 20;

/** Resolves once something listens on the loopback port. */
export async function waitForPort(port: number, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (await answers(port)) return;
    await delay(PROBE_INTERVAL_MS);
  }
  throw new AppError('WORKLOAD_NOT_LISTENING', `nothing listens on 127.0.0.1:${port} after ${timeoutMs} ms`, {
    remedy: "Look at the program's output file in the workload's folder.",
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
