import { Client, credentials } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';
import { channelOptions, FLOW_WINDOW_BYTES } from '@tomte/wire';
import { backoffMs } from './backoff.ts';
import type { BackoffLimits } from './backoff.ts';
import type { DeliveryOptions, DeliveryState, DeliveryStatus, DeliveryTls } from './delivery-options.ts';
import { DeliverySession } from './delivery-session.ts';
import type { DeliveryCounters, SessionEnd } from './delivery-session.ts';

const defaultBackoff: BackoffLimits = { baseMs: 200, capMs: 15_000 };
const defaultRefusedBackoff: BackoffLimits = { baseMs: 5_000, capMs: 60_000 };

function toCredentials(tls: DeliveryTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(tls.authorities ?? null, tls.privateKey ?? null, tls.certificate ?? null);
}

function toChannelOptions(tls: DeliveryTls | undefined): ChannelOptions {
  const window = { ...channelOptions, 'grpc-node.flow_control_window': FLOW_WINDOW_BYTES };
  if (tls?.serverName === undefined) return window;
  return { ...window, 'grpc.ssl_target_name_override': tls.serverName };
}

/**
 * Sends what the spool holds to one collector at a time until each batch is acknowledged. It begins with
 * no collector in sight and never gives up; what it does is in `status`.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #counters: DeliveryCounters = {
    sentBatches: 0,
    sentBytes: 0,
    resentBatches: 0,
    acknowledgedBatches: 0,
    refusedBatches: 0,
    deferredBatches: 0,
  };
  readonly #waiters = new Set<() => void>();
  #state: DeliveryState;
  #session: DeliverySession | undefined;
  #client: Client | undefined;
  #cancelTimer: (() => void) | undefined;
  #clusterName = '';
  #streams = 0;
  #failures = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#state = { kind: 'connecting', address: this.#address() };
    this.#connect();
  }

  get status(): DeliveryStatus {
    return {
      state: this.#state,
      clusterName: this.#clusterName,
      streams: this.#streams,
      ...this.#counters,
      unansweredBatches: this.#session?.unansweredBatches ?? 0,
    };
  }

  /** Resolves when every batch that was appended until now is acknowledged or refused. */
  async settled(): Promise<void> {
    const { spool } = this.#options;
    await spool.durable();
    const last = spool.durableSeq;
    while (spool.firstUnacknowledgedSeq <= last)
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  /** Ends the stream at once. What is not acknowledged stays in the spool. */
  close(): void {
    if (this.#state.kind === 'closed') return;
    this.#change({ kind: 'closed' });
    this.#cancelTimer?.();
    this.#session?.close();
    this.#client?.close();
  }

  #address(): string {
    const { addresses } = this.#options;
    return addresses[this.#streams % addresses.length] ?? '';
  }

  #connect(): void {
    const address = this.#address();
    this.#change({ kind: 'connecting', address });
    this.#streams += 1;
    const given = this.#options.tls;
    const tls = typeof given === 'function' ? given() : given;
    const client = new Client(address, toCredentials(tls), toChannelOptions(tls));
    this.#client = client;
    this.#session = new DeliverySession(client, {
      options: this.#options,
      counters: this.#counters,
      listener: {
        welcomed: ({ collectorId, clusterName }) => {
          this.#clusterName = clusterName;
          if (this.#state.kind !== 'closed') this.#change({ kind: 'connected', address, collectorId });
        },
        settled: () => this.#settledSome(),
        ended: (end) => this.#ended(client, end),
      },
    });
  }

  #change(state: DeliveryState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }

  #settledSome(): void {
    this.#failures = 0;
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  #ended(client: Client, { problem, isRefusal }: SessionEnd): void {
    this.#session = undefined;
    client.close();
    if (this.#state.kind === 'closed') return;
    this.#failures += 1;
    const limits = isRefusal
      ? (this.#options.refusedBackoff ?? defaultRefusedBackoff)
      : (this.#options.backoff ?? defaultBackoff);
    const forMs = backoffMs(limits, this.#failures, (this.#options.chance ?? Math.random)());
    this.#change({ kind: isRefusal ? 'refused' : 'waiting', forMs, problem });
    this.#cancelTimer = this.#options.clock.after(forMs, () => this.#connect());
  }
}

/** Begins to deliver; never throws for a collector that is not there. */
export function startDelivery(options: DeliveryOptions): Delivery {
  return new Delivery(options);
}
