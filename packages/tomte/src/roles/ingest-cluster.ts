import type { AuthenticateAgent, CollectorOptions } from '@tomte/collector';
import { AgentTokens, ApiClient } from '@tomte/k8s';
import type { ApiServer } from '@tomte/k8s';
import { systemClock } from '@tomte/kit';
import type { Store } from '@tomte/store';
import { type ClusterRuleOptions, parseClusterRules } from '../cluster-rules.ts';
import { userError } from '../errors.ts';
import { ClusterFeed } from './cluster-feed.ts';
import { ClusterHistory } from './cluster-history.ts';

import { inClusterServer } from './in-cluster.ts';
import { createRoleTeller } from './role-teller.ts';

export interface IngestClusterOptions extends ClusterRuleOptions {
  readonly kubernetes?: boolean;
  readonly cluster?: string;
  readonly agentTokenReview?: string;
  readonly agentServiceAccount?: string;
  readonly json?: boolean;
}

export interface IngestCluster {
  /** What the collector needs of the cluster. */
  readonly options: Pick<CollectorOptions, 'entities' | 'authenticate'>;
  close(): Promise<void>;
}

/** The watch of the cluster: what agents are told of it, and its history. */
export async function openIngestCluster(store: Store, options: IngestClusterOptions): Promise<IngestCluster> {
  const tell = createRoleTeller(options.json === true);
  const clock = systemClock();
  const rules = parseClusterRules(options);
  const server = await inClusterServer(process.env);
  const history = new ClusterHistory({
    store,
    clock,
    clusterName: options.cluster ?? '',
    onError: (error) => void process.stderr.write(`${error.toLine()}\n`),
  });
  const tokens = reviewAgents(server, options);
  await history.resume();
  const feed = new ClusterFeed({
    server,
    clock,
    rules,
    onProblem: (problem) => tell({ kind: 'problem', code: problem.code }, problem.toLine()),
    onEntity: (entity) => history.entity(entity),
    onEvent: (event) => history.event(event),
    onListed: () => history.listed(),
  });
  return {
    options: { entities: feed, ...(tokens === undefined ? {} : { authenticate: tokens.authenticate }) },
    async close() {
      tokens?.close();
      await feed.close();
      await history.close();
    },
  };
}

/** A token that was taken back, or whose pod has gone, is believed on an open stream for about so long. */
const STREAM_MS = 30 * 60_000;
const SERVICE_ACCOUNT = /^([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})$/;

/** @throws AppError TOMTE_TOKEN_REVIEW_INCOMPLETE */
function reviewAgents(
  server: ApiServer,
  { agentTokenReview: audience, agentServiceAccount: account }: IngestClusterOptions,
): { readonly authenticate: AuthenticateAgent; close(): void } | undefined {
  if (audience === undefined && account === undefined) return undefined;
  const [, namespace, name] = SERVICE_ACCOUNT.exec(account ?? '') ?? [];
  if (audience === undefined || namespace === undefined || name === undefined) {
    const remedy = 'Give --agent-token-review AUDIENCE and --agent-service-account NAMESPACE:NAME.';
    throw userError('TOMTE_TOKEN_REVIEW_INCOMPLETE', 'who may send is told by half', remedy);
  }
  const client = new ApiClient(server);
  const user = `system:serviceaccount:${namespace}:${name}`;
  const tokens = new AgentTokens(client, { audience, user }, systemClock());
  const authenticate: AuthenticateAgent = async (token) => {
    const verdict = await tokens.verify(token);
    if (verdict.kind === 'refused') return verdict;
    // Not all at once: each comes back with the token that it has then.
    return { ...verdict, goodForMs: STREAM_MS * (0.75 + Math.random() / 2) };
  };
  return { authenticate, close: () => client.close() };
}
