/** What is captured: everything, or what any of the lists names. Children of a target are targets. */
export type LiveTarget =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'only';
      readonly pids?: readonly number[];
      /** Folders below /sys/fs/cgroup; cgroups below them included. */
      readonly cgroups?: readonly string[];
      /** Executables: their running processes, and those to come. */
      readonly exes?: readonly string[];
    };

export interface LiveOptions {
  readonly target: LiveTarget;
  /** Never captured, with their children: our own processes. This process is always among them. */
  readonly exclude: { readonly pids: readonly number[]; readonly cgroups: readonly string[] };
  /** Count every system call of the targets. Default false. */
  readonly syscallStats?: boolean;
  /** Probe TLS libraries. Default true. */
  readonly tls?: boolean;
  /** How; default: by one link a file (uprobe_multi) where the kernel has it, else by one perf event a place. */
  readonly uprobeMethod?: UprobeMethod;
  /** Ring for bytes: a power of two, ≥ one page. Default 64 MiB: what arrives between two drains. */
  readonly ringDataBytes?: number;
  /** Ring for what comes and goes. Default 1 MiB. */
  readonly ringLifecycleBytes?: number;
  /** Bytes of one call that are attached at most. Default 64 KiB, at most 512 KiB. */
  readonly captureLimitBytes?: number;
  /** Live connections that the kernel keeps an entry for. Default 32768. */
  readonly maxConnections?: number;
  /** Between two drains while there is something. Default 10 ms. */
  readonly drainIntervalMs?: number;
  /** The same while nothing comes. Default 40 ms. */
  readonly idleDrainIntervalMs?: number;
  /** Folder of the built objects; default bpf/build/<arch> of this checkout. */
  readonly objectFolder?: string;
}

export type UprobeMethod = 'uprobe_multi' | 'uprobe';

export const liveDefaults = {
  syscallStats: false,
  tls: true,
  ringDataBytes: 64 << 20,
  ringLifecycleBytes: 1 << 20,
  captureLimitBytes: 64 << 10,
  maxConnections: 32_768,
  drainIntervalMs: 10,
  idleDrainIntervalMs: 40,
} as const;

export type ResolvedLiveOptions = LiveOptions & {
  readonly [Key in keyof typeof liveDefaults]: NonNullable<LiveOptions[Key]>;
};

export function resolveLiveOptions(options: LiveOptions): ResolvedLiveOptions {
  return { ...liveDefaults, ...options };
}
