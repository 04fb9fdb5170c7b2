import { readFileSync } from 'node:fs';
import type { AgentConfig } from '@tomte/agent';
import { readToken } from '../data-dir.ts';
import { userError } from '../errors.ts';
import { parseListenAddress } from '../listen-address.ts';
import { readPem } from './pem.ts';
import { type PemPaths, readPemFiles } from './renewed-pem.ts';
import type { RoleTeller } from './role-teller.ts';
import { sayDelivery } from './say-delivery.ts';

export interface DeliveryRoleOptions {
  readonly collector?: string;
  readonly tokenFile?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

type DeliveryConfig = NonNullable<AgentConfig['delivery']>;
type DeliveryTls = Exclude<NonNullable<DeliveryConfig['tls']>, () => unknown>;

/** Where batches go and how they are proven to come from us. */
export async function deliveryConfig(
  address: string,
  options: DeliveryRoleOptions,
  tell: RoleTeller,
): Promise<DeliveryConfig> {
  parseListenAddress(address);
  const { tokenFile } = options;
  const tls = await tlsConfig(options);
  if (tokenFile !== undefined) await readToken(tokenFile); // A missing file is told now, not at the first stream.
  return {
    addresses: [address],
    onState: sayDelivery(tell),
    ...(tokenFile === undefined ? {} : { token: () => tokenNow(tokenFile) }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** Read for every stream: tokens are renewed. */
function tokenNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // The collector refuses then, and the agent says so and tries again.
  }
}

async function tlsConfig({
  tls,
  tlsCa,
  tlsCert,
  tlsKey,
}: DeliveryRoleOptions): Promise<DeliveryConfig['tls']> {
  if (tls !== true && tlsCa === undefined && tlsCert === undefined && tlsKey === undefined) return undefined;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw userError(
      'TOMTE_TLS_INCOMPLETE',
      'TLS needs a certificate and its key',
      'Give --tls-cert and --tls-key, or neither.',
    );
  }
  const first = {
    ...(tlsCa === undefined ? {} : { authorities: await readPem(tlsCa) }),
    ...(tlsCert === undefined ? {} : { certificate: await readPem(tlsCert) }),
    ...(tlsKey === undefined ? {} : { privateKey: await readPem(tlsKey) }),
  };
  if (tlsCert === undefined || tlsKey === undefined) return first;
  const paths = { certificate: tlsCert, privateKey: tlsKey, authorities: tlsCa };
  return () => renewedTls(paths) ?? first;
}

/** Undefined while the files are being replaced. */
function renewedTls(paths: PemPaths): DeliveryTls | undefined {
  const files = readPemFiles(paths);
  if (files === undefined) return undefined;
  const { certificate, privateKey, authorities } = files;
  return { certificate, privateKey, ...(authorities === undefined ? {} : { authorities }) };
}
