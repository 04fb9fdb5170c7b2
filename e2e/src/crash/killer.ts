import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryState } from './delivery-state.ts';
import type { Report } from './report.ts';
import { until } from './wait.ts';

export const victims = ['agent', 'collector', 'clickhouse'] as const;
export type Victim = (typeof victims)[number];

/** The processes of a feed as the killer sees them. */
export interface Prey {
  /** Undefined while it is not running. */
  pidOf(victim: Victim): number | undefined;
  readDelivery(): Promise<DeliveryState | undefined>;
  /** Nothing is sent any more: the feed has come to its end. */
  readonly hasEnded: boolean;
}

export interface Kill {
  readonly victim: Victim;
  readonly pid: number;
  /** Wall clock, milliseconds. */
  readonly atMs: number;
  /** As the agent said immediately before the signal. */
  readonly unacknowledged: number;
  /** From asking the agent to the signal. */
  readonly askedBeforeMs: number;
}

export interface KillerOptions {
  readonly chance: () => number;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly moments: Moments;
}

/** At which moments a feed is hit. */
export interface Moments {
  /** From the first look at a batch on its way to the kill, at most. */
  readonly patienceMs: number;
  /**
   * Of the kills, this share comes whatever the agent has had for an answer, most often into the recovery
   * from the one before; the others wait until batches are acknowledged again.
   */
  readonly anyMomentShare: number;
}

/** An insert lingers a quarter of a second and takes as long again; a lease of two seconds must not run out before it. */
const DEAF_MS = 1_200;

/** Ends one process after another with SIGKILL, each while a batch is sent and not acknowledged. */
export class Killer {
  readonly kills: Kill[] = [];
  /** Moments at which everything had just been acknowledged: waited on. */
  emptyMoments = 0;
  readonly #options: KillerOptions;

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  /** Whose turn it is. */
  get next(): Victim {
    return victims[this.kills.length % victims.length] ?? 'agent';
  }

  /** Undefined when the feed ended before a batch was there to wait for. */
  async killNext(prey: Prey): Promise<Kill | undefined> {
    const victim = this.next;
    const { signal, chance, moments } = this.#options;
    const isSettled = chance() < moments.anyMomentShare ? () => true : waitForAcknowledgements();
    const result = await until(`a batch on its way and a running ${victim}`, signal, async () => {
      if (prey.hasEnded) return 'ended' as const;
      const state = await prey.readDelivery();
      if (state === undefined || !isSettled(state)) return undefined;
      if (state.unacknowledged === 0 || prey.pidOf(victim) === undefined) return undefined;
      await delay(chance() * moments.patienceMs, undefined, { signal });
      const kill = await this.#strike(prey, victim);
      if (kill === undefined) this.emptyMoments += 1;
      return kill;
    });
    if (result === 'ended') return undefined;
    this.kills.push(result);
    this.#options.report.say(
      `kill ${this.kills.length}: ${victim} ${result.pid}, with ${result.unacknowledged} unacknowledged`,
    );
    return result;
  }

  /** In the order of `victims`. */
  countsByVictim(): readonly number[] {
    return victims.map((victim) => this.kills.filter((kill) => kill.victim === victim).length);
  }

  async #strike(prey: Prey, victim: Victim): Promise<Kill | undefined> {
    const askedMs = performance.now();
    const unacknowledged = (await prey.readDelivery())?.unacknowledged ?? 0;
    const pid = prey.pidOf(victim);
    if (unacknowledged === 0 || pid === undefined) return undefined;
    if (victim === 'agent' && this.#isDeafTurn()) await this.#deafen(pid);
    process.kill(pid, 'SIGKILL');
    return { victim, pid, atMs: Date.now(), unacknowledged, askedBeforeMs: performance.now() - askedMs };
  }

  /** Every other death of an agent, the first one too. */
  #isDeafTurn(): boolean {
    return this.kills.filter((kill) => kill.victim === 'agent').length % 2 === 0;
  }

  /** Stopped for a while: what it has sent is stored and answered, and it dies without having heard. */
  async #deafen(pid: number): Promise<void> {
    process.kill(pid, 'SIGSTOP');
    await delay(DEAF_MS, undefined, { signal: this.#options.signal });
  }
}

/** True once the agent of now has had an answer that it had not at the first look. */
function waitForAcknowledgements(): (state: DeliveryState) => boolean {
  let least = Infinity;
  return ({ acknowledged }) => {
    least = Math.min(least, acknowledged); // A new agent counts from 0.
    return acknowledged > least;
  };
}
