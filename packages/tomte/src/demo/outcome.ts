import { type Reconciliation, reconcile } from '@tomte/workloads';
import type { DemoApi } from './api.ts';
import type { DemoLogs } from './logs.ts';
import { droppedEvents, type Lost, lostWords } from './lost.ts';

export interface DemoOptions {
  readonly seconds?: string;
  readonly json?: boolean;
  readonly recorded?: boolean;
  /** Name of a fault that begins while it runs. */
  readonly fault?: string;
}

export interface DemoOutcome extends Reconciliation {
  readonly lost: readonly Lost[];
  /** Null for a recording, whose requests ended long ago. */
  readonly freshnessP99Ms: number | null;
}

const SETTLE_MS = 15_000;
const SETTLE_POLL_MS = 250;

/** Waits until what is on its way has arrived, or it is plain that something is missing. */
export async function settle(api: DemoApi, { servers, clients }: DemoLogs): Promise<Reconciliation> {
  const expected = [...servers, ...clients].reduce((sum, log) => sum + log.lines.length, 0);
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const result = reconcile(servers, clients, await api.storedRequests(expected));
    if (result.missing === 0 || performance.now() > deadline) return result;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  }
}

/** Says how it went; resolves to the exit code: 0 only if every request is stored once for each side. */
export function report(outcome: DemoOutcome, options: DemoOptions): number {
  const { sent, stored, missing, duplicated, freshnessP99Ms } = outcome;
  const dropped = droppedEvents(outcome.lost);
  const setupSeconds = Number(process.env['TOMTE_SETUP_SECONDS'] ?? 0);
  for (const example of outcome.examples) process.stderr.write(`${example}\n`);
  const facts = { sent, stored, missing, duplicated, dropped, freshnessP99Ms, setupSeconds };
  process.stdout.write(options.json === true ? `${JSON.stringify(facts)}\n` : summary(outcome));
  const isWhole = missing === 0 && duplicated === 0 && outcome.unexpected === 0;
  return isWhole && sent.http === stored.http && sent.https === stored.https ? 0 : 1;
}

function summary({ sent, stored, missing, duplicated, lost, freshnessP99Ms }: DemoOutcome): string {
  return [
    '',
    `Sent    ${sent.http} HTTP, ${sent.https} HTTPS requests, by the logs of the programs themselves.`,
    `Stored  ${stored.http} HTTP, ${stored.https} HTTPS; missing ${missing}, doubled ${duplicated}.`,
    `Lost    ${lostWords(lost)}.`,
    ...(freshnessP99Ms === null ? [] : [`Visible in a query ${freshnessP99Ms} ms after their end (p99).`]),
    '',
  ].join('\n');
}
