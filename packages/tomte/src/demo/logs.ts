import { readFileSync } from 'node:fs';
import type { ServerLog } from '@tomte/workloads';

/** What the demo's programs say that they sent and answered. */
export interface DemoLogs {
  readonly servers: readonly ServerLog[];
  readonly clients: readonly ServerLog[];
}

type Scheme = 'http' | 'https';
/** A log as it ships beside a recording: the nonces of its requests, by scheme. */
type ShippedLog = Readonly<Partial<Record<Scheme, { readonly port: number; readonly nonces: string }>>>;
type ShippedLogs = Readonly<Record<keyof DemoLogs, readonly ShippedLog[]>>;

const schemes = ['http', 'https'] as const;

export function shippedLogs({ servers, clients }: DemoLogs): string {
  const shipped: ShippedLogs = { servers: servers.map(toShipped), clients: clients.map(toShipped) };
  return `${JSON.stringify(shipped, undefined, 1)}\n`;
}

export function readShippedLogs(path: string): DemoLogs {
  const { servers, clients } = JSON.parse(readFileSync(path, 'utf8')) as ShippedLogs; // Proof: made by shippedLogs.
  return { servers: servers.map(fromShipped), clients: clients.map(fromShipped) };
}

function toShipped({ ports, lines }: ServerLog): ShippedLog {
  const entries = schemes.flatMap((scheme) => {
    const port = ports[scheme];
    const nonces = lines.flatMap((line) => (line.scheme === scheme ? [line.nonce] : [])).join(' ');
    return port === undefined ? [] : [[scheme, { port, nonces }] as const];
  });
  return Object.fromEntries(entries);
}

function fromShipped(log: ShippedLog): ServerLog {
  const ports: Partial<Record<Scheme, number>> = {};
  const lines = schemes.flatMap((scheme) => {
    const shipped = log[scheme];
    if (shipped === undefined) return [];
    ports[scheme] = shipped.port;
    return shipped.nonces.split(' ').map((nonce) => ({ scheme, nonce }));
  });
  return { ports, lines };
}
