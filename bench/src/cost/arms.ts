/** The measured traffic: what nginx serves, by which scheme. */
export const loads = ['tinyHttp', 'tinyHttps', 'pageHttp', 'pageHttps'] as const;
export type Load = (typeof loads)[number];

/** What one run of a load under one arm gave. */
export interface ArmReading {
  readonly cpuUsPerRequest: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** How late the client itself was, p99. */
  readonly lateP99Us: number;
  /** Share of the server's processor. */
  readonly serverBusy: number;
  /** CPU of the agent's cgroup for each 1,000 requests a second; none without an agent. */
  readonly agentMillicoresPer1kRps: number | undefined;
  /** Share of the run in which the agent's main thread waited for a processor; none without an agent. */
  readonly agentWaitRatio: number | undefined;
}

export interface ThroughputReading {
  readonly requestsPerSecond: number;
  readonly serverBusy: number;
}

/** `again` is a second one without an agent: against `off` it shows what the machine alone does. */
export const armNames = ['off', 'on', 'noop', 'stats', 'again'] as const;
export type ArmName = (typeof armNames)[number];

type Readings = Readonly<Partial<Record<Load, ArmReading>>>;
type Throughputs = Readonly<Record<'http' | 'https', ThroughputReading>>;

/** All arms once, near each other in time. */
export interface Round {
  readonly arms: Readonly<Partial<Record<ArmName, Readings>>>;
  readonly throughput: Readonly<Record<'off' | 'on', Throughputs>>;
}
