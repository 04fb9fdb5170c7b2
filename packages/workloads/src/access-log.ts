import { readFileSync } from 'node:fs';

/** What a server's or client's own log says of one request. */
export interface LoggedRequest {
  readonly nonce: string;
  readonly scheme: 'http' | 'https';
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** Seconds since the epoch when it was logged, and how long it took; of nginx to the millisecond. */
  readonly time?: number;
  readonly seconds?: number;
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  readonly bodyBytes?: number;
  readonly peer?: string;
}

/** Reads a log of one JSON object a line; a torn last line is left out. */
export function readRequestLog(file: string): LoggedRequest[] {
  const logged: LoggedRequest[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const trimmed = line.trim();
    if (trimmed.startsWith('{') && trimmed.endsWith('}')) logged.push(JSON.parse(trimmed) as LoggedRequest); // Proof: our own log format.
  }
  return logged;
}
