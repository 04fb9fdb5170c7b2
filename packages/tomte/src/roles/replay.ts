import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startAgent } from '@tomte/agent';
import { defaultDataDir } from '../data-dir.ts';
import { operationalError, userError } from '../errors.ts';
import { parsePort } from '../listen-address.ts';
import { makeScratch } from '../scratch.ts';
import { startLifetime } from '../supervised.ts';
import { findWhereabouts } from '../up/whereabouts.ts';
import { VERSION } from '../version.ts';
import { deliveryConfig, type DeliveryRoleOptions } from './delivery-config.ts';
import { readRedactionRules } from './redaction-rules.ts';
import { createRoleTeller } from './role-teller.ts';

export interface ReplayOptions extends DeliveryRoleOptions {
  readonly data?: string;
  readonly redactionRules?: string;
  readonly endpointPort?: string;
  readonly json?: boolean;
}

/** Replays a file to its end: all of it is acknowledged when this resolves to 0. */
export async function runReplay(path: string, options: ReplayOptions): Promise<number> {
  const redaction = await readRedactionRules(options.redactionRules);
  const tell = createRoleTeller(options.json === true);
  const lifetime = startLifetime();
  const { address, delivery } = await whereTo(options);
  const scratch = await makeScratch('replay');
  try {
    const agent = await startAgent(
      {
        source: { kind: 'file', path },
        ...{ agentId: 'replay', bootId: 'replay', hostName: 'replay', clusterName: '', version: VERSION }, // The file has its own.
        spool: { directory: scratch },
        ...(redaction === undefined ? {} : { redaction }),
        delivery: await deliveryConfig(address, delivery, tell),
        endpoint: { kind: 'loopback', host: '127.0.0.1', port: parsePort(options.endpointPort ?? '0') },
      },
      lifetime.signal,
    );
    lifetime.ready({ endpointPort: agent.endpointPort });
    await agent.done;
    if (lifetime.signal.aborted)
      throw operationalError('TOMTE_REPLAY_STOPPED', 'the replay was stopped before its end', {
        remedy: 'Start it again: what is stored is not stored twice.',
      });
    const { emittedRequests } = agent.status().pipeline;
    tell(
      { kind: 'replayed', file: path, requests: emittedRequests },
      `Replayed ${path}: ${String(emittedRequests)} requests.`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
    lifetime.end();
  }
  return 0;
}

async function whereTo(
  options: ReplayOptions,
): Promise<{ readonly address: string; readonly delivery: DeliveryRoleOptions }> {
  if (options.collector !== undefined) return { address: options.collector, delivery: options };
  const dataDir = options.data ?? defaultDataDir();
  const up = await findWhereabouts(dataDir);
  if (up === undefined) {
    const remedy = 'Start `tomte up --no-agent`, or name one with --collector.';
    throw userError('TOMTE_COLLECTOR_MISSING', `no Tomte runs with ${dataDir}`, remedy);
  }
  return { address: up.ingestAddress, delivery: { tokenFile: join(dataDir, 'ingest.token'), ...options } };
}
