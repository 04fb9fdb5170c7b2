import { userError } from './errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, IPv6 in brackets. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host !== undefined) return { host, port: parsePort(match?.[3] ?? '') };
  throw userError(
    'TOMTE_ADDRESS_INVALID',
    `${JSON.stringify(text)} is no host:port`,
    'Write 127.0.0.1:4681 or [::1]:4681.',
  );
}

/** 0 takes any free port. */
export function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw userError(
    'TOMTE_PORT_INVALID',
    `${JSON.stringify(text)} is no port`,
    'Give a number from 0 to 65535.',
  );
}
