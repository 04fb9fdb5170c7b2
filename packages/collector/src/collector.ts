import { randomBytes } from 'node:crypto';
import { status as grpcStatus } from '@grpc/grpc-js';
import { Quarantine } from '@tomte/wire';
import { AgentSession } from './agent-session.ts';
import type { AgentCall, Bearer, SessionParts } from './agent-session.ts';
import { authenticateAll, tokenOf, toRefusal } from './authentication.ts';
import type { AuthenticateAgent, CallRefusal } from './authentication.ts';
import { defaultLimits } from './collector-options.ts';
import type { CollectorOptions } from './collector-options.ts';
import { newStats } from './collector-stats.ts';
import type { CollectorStats } from './collector-stats.ts';
import { CreditPool } from './credit-pool.ts';
import { listen } from './grpc-server.ts';
import { Ingest } from './ingest.ts';
import { LossRecorder } from './loss-recorder.ts';
import { QueryIds } from './query-ids.ts';

export interface Collector {
  readonly collectorId: string;
  /** Bound port of gRPC. */
  readonly port: number;
  /** Live counters: read, never written, by others. */
  readonly stats: Readonly<CollectorStats>;
  /** Stores what it holds, for a while, then ends the streams. */
  close(): Promise<void>;
  /** Ends at once, as a crash would: what it holds is sent again by the agents. */
  abort(): Promise<void>;
}

const DRAIN_MS = 5_000;

/** Streams that are open, one a spool. */
class Sessions {
  readonly #all = new Set<AgentSession>();
  readonly #bySpool = new Map<bigint, AgentSession>();
  readonly #stats: CollectorStats;

  constructor(stats: CollectorStats) {
    this.#stats = stats;
  }

  get size(): number {
    return this.#all.size;
  }

  add(session: AgentSession): void {
    this.#all.add(session);
    this.#stats.streams = this.#all.size;
    this.#stats.streamsOpened += 1;
  }

  greeted(session: AgentSession): void {
    const before = this.#bySpool.get(session.spoolId);
    if (before !== undefined && before.principal !== session.principal) {
      session.end(grpcStatus.PERMISSION_DENIED, 'the spool belongs to another agent');
      return;
    }
    this.#bySpool.set(session.spoolId, session);
    if (before === undefined) return;
    this.#stats.streamsSuperseded += 1;
    before.end(grpcStatus.ABORTED, 'the agent has opened another stream');
  }

  ended(session: AgentSession): void {
    this.#all.delete(session);
    if (this.#bySpool.get(session.spoolId) === session) this.#bySpool.delete(session.spoolId);
    this.#stats.streams = this.#all.size;
  }

  pulse(): void {
    for (const session of this.#all) session.pulse();
  }

  endAll(): void {
    for (const session of [...this.#all]) session.end(grpcStatus.UNAVAILABLE, 'the collector ends');
  }
}

function refuseCall(call: AgentCall, { code, details }: CallRefusal): void {
  call.on('error', () => undefined); // The agent may be gone before it hears it.
  call.emit('error', { code, details });
}

type Admittance =
  { readonly kind: 'admitted'; readonly bearer: Bearer } | ({ readonly kind: 'refused' } & CallRefusal);

/** Lets streams in: within their number, and of agents that say who they are. */
class Door {
  readonly #authenticate: AuthenticateAgent;
  readonly #maxStreams: number;
  #asking = 0;

  constructor(authenticate: AuthenticateAgent, maxStreams: number) {
    this.#authenticate = authenticate;
    this.#maxStreams = maxStreams;
  }

  async admit(call: AgentCall, streams: number): Promise<Admittance> {
    if (streams + this.#asking >= this.#maxStreams)
      return { kind: 'refused', code: grpcStatus.RESOURCE_EXHAUSTED, details: 'too many streams' };
    this.#asking += 1;
    try {
      const verdict = await this.#authenticate(tokenOf(call.metadata));
      if (call.cancelled)
        return { kind: 'refused', code: grpcStatus.CANCELLED, details: 'the agent is gone' };
      if (verdict.kind !== 'authentic') return { kind: 'refused', ...toRefusal(verdict) };
      return { kind: 'admitted', bearer: verdict };
    } catch (thrown) {
      const details = thrown instanceof Error ? thrown.message : String(thrown);
      return { kind: 'refused', code: grpcStatus.UNAVAILABLE, details };
    } finally {
      this.#asking -= 1;
    }
  }
}

function makeParts(options: CollectorOptions, quarantine: Quarantine, stats: CollectorStats) {
  const { store, clock, clusterName = '' } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const collectorId = options.collectorId ?? randomBytes(8).toString('hex');
  const ids = new QueryIds(collectorId);
  const skipPresenceCheck = options.unsafeSkipPresenceCheck ?? false;
  const ingest = new Ingest({ clock, limits, store, stats, ids, skipPresenceCheck });
  const { insertTimeoutMs } = limits;
  const losses = new LossRecorder({ store, clock, stats, ids, clusterName, insertTimeoutMs });
  const credits = new CreditPool(limits);
  const { entities } = options;
  return { clock, limits, stats, credits, ingest, quarantine, losses, collectorId, clusterName, entities };
}

/**
 * Takes batches from agents, stores each once, and acknowledges it when it is committed. It keeps nothing
 * that must survive it.
 * @throws AppError COLLECTOR_CANNOT_LISTEN
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const stats = newStats();
  const sessions = new Sessions(stats);
  const quarantine = await Quarantine.open(options.quarantineDirectory);
  const shared = makeParts(options, quarantine, stats);
  const parts: SessionParts = {
    ...shared,
    greeted: (session) => sessions.greeted(session),
    ended: (session) => sessions.ended(session),
  };
  const door = new Door(options.authenticate ?? authenticateAll, shared.limits.maxStreams);
  const server = await listen(options.listen ?? '127.0.0.1:0', options.tls, (call) => {
    void door.admit(call, sessions.size).then((admitted) => {
      if (admitted.kind === 'admitted') sessions.add(new AgentSession(call, admitted.bearer, parts));
      else {
        if (admitted.code === grpcStatus.UNAUTHENTICATED) stats.streamsRefusedToken += 1;
        refuseCall(call, admitted);
      }
    });
  });
  const pulsing = setInterval(() => sessions.pulse(), shared.limits.pulseMs);
  const abort = async (): Promise<void> => {
    clearInterval(pulsing);
    sessions.endAll();
    await server.close();
  };
  return {
    collectorId: shared.collectorId,
    port: server.port,
    stats,
    abort,
    async close() {
      await shared.ingest.drain(DRAIN_MS);
      await abort();
    },
  };
}
