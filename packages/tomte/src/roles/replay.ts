import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startAgent } from '@tomte/agent';
import { systemClock } from '@tomte/kit';
import { defaultRetention } from '@tomte/store';
import { defaultDataDir } from '../data-dir.ts';
import { operationalError, userError } from '../errors.ts';
import { parsePort } from '../listen-address.ts';
import { makeScratch } from '../scratch.ts';
import { startLifetime } from '../supervised.ts';
import { findWhereabouts } from '../up/whereabouts.ts';
import { VERSION } from '../version.ts';
import { deliveryConfig, type DeliveryRoleOptions } from './delivery-config.ts';
import { readRedactionRules } from './redaction-rules.ts';
import { createRoleTeller, type RoleTeller } from './role-teller.ts';

const NS_PER_DAY = 86_400e9;

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
    const { pipeline, sourceWallNs } = agent.status();
    const { emittedRequests } = pipeline;
    tell(
      { kind: 'replayed', file: path, requests: emittedRequests },
      `Replayed ${path}: ${String(emittedRequests)} rows of requests.`,
    );
    warnOfAge(tell, Number(systemClock().wallNs() - sourceWallNs) / NS_PER_DAY);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    lifetime.end();
  }
  return 0;
}

/** The collector may keep rows longer: it is not asked, so this is said as what may be. */
function warnOfAge(tell: RoleTeller, days: number): void {
  const kept = defaultRetention().requests;
  if (days < kept) return;
  const old = Math.floor(days);
  tell(
    { kind: 'rows_expire', age_days: old, default_retention_days: kept },
    `What it tells of is ${old} days old, and requests are kept for ${kept} days unless the store was told otherwise: ` +
      `such rows go at the next merge. Keep them with --retention all=${old + kept}d, of \`tomte up\` or \`tomte collector\`.`,
  );
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
