import { AppError } from '@tomte/kit';
import {
  eventSource,
  returnFreeMemory,
  RingReader,
  runProgram,
  timeOrigin,
  unmapUnusedCode,
  verdict,
  verdictRequestBytes,
  verdictRequestOffsets,
  wallClockNs,
} from '@tomte/bpf-host';
import { collectGarbage } from '../../governor/collect-garbage.ts';
import type { EventSink, EventSource, SourceOrigin } from '../source.ts';
import { attachAll } from './attach.ts';
import { DataDrain } from './data-drain.ts';
import { DrainPace } from './drain-pace.ts';
import { KernelAccounting } from './kernel-accounting.ts';
import type { SourceTotals } from './kernel-accounting.ts';
import { loadKernelObjects } from './kernel-objects.ts';
import type { KernelObjects } from './kernel-objects.ts';
import { LifecycleDrain } from './lifecycle-drain.ts';
import { resolveLiveOptions } from './options.ts';
import type { LiveOptions, ResolvedLiveOptions } from './options.ts';
import { bootWallNs, descendantsOf, describeProcess } from './process-scan.ts';
import { SyscallStats } from './syscalls/syscall-stats.ts';
import { countPolicies, TargetPolicy } from './target-policy.ts';
import { BindingWalkReport, readBindingWalks } from './tls/binding-walks.ts';
import type { BindingWalks } from './tls/binding-walks.ts';
import type { Report } from './tls/tls-library.ts';
import { TlsProbes } from './tls/tls-probes.ts';

const COUNTERS_EVERY_MS = 1000;
const CLOCK_EVERY_MS = 30_000;
/** What the C allocator holds free goes back: under load some 3 MiB a second lie between what is in use. */
const TRIM_EVERY_MS = 2_000;

/** Kernel totals against what was handed over; at rest captured = shipped + dropped, for events and bytes. */
export interface LiveAccounts {
  readonly socketData: SourceTotals;
  readonly tlsData: SourceTotals;
  readonly lifecycle: SourceTotals;
  readonly bindingWalks: BindingWalks;
  readonly shipped: {
    readonly events: number;
    readonly trueBytes: number;
    readonly attachedBytes: number;
    readonly lifecycleEvents: number;
  };
}

/** The running kernel as a source of events. Made by `createLiveSource`; must be closed. */
export class LiveSource implements EventSource {
  readonly origin: SourceOrigin;
  readonly #options: ResolvedLiveOptions;
  readonly #objects: KernelObjects;
  readonly #policy: TargetPolicy;
  readonly #accounting: KernelAccounting;
  readonly #dataRing: RingReader;
  readonly #lifecycleRing: RingReader;
  readonly #data: DataDrain;
  readonly #lifecycle: LifecycleDrain;
  readonly #bootWallNs = bootWallNs();
  readonly #syscalls: SyscallStats | undefined;
  readonly #bindingWalks: BindingWalkReport;
  #tls: TlsProbes | undefined;
  #sink: EventSink | undefined;
  #heldEndings: ReturnType<LifecycleDrain['takeEndings']> = [];
  /** When the last round began that drained everything, and the one before it. */
  #drainedToNs: number | undefined;
  #handedOverToNs: number | undefined;
  #isClosed = false;

  constructor(options: ResolvedLiveOptions) {
    this.#options = options;
    this.origin = { monotonicNs: process.hrtime.bigint(), wallNs: wallClockNs() };
    const origin = timeOrigin(this.origin.monotonicNs);
    this.#objects = loadKernelObjects(options, countPolicies(options));
    const { syscalls } = this.#objects;
    this.#syscalls = syscalls === undefined ? undefined : new SyscallStats(syscalls.map('syscall_stats'));
    this.#policy = new TargetPolicy(this.#objects, options);
    this.#policy.writeFirst();
    this.#accounting = new KernelAccounting(this.#objects.callReturns.map('counters'));
    this.#bindingWalks = new BindingWalkReport(this.#objects.callReturns.map('tls_walks'));
    this.#dataRing = new RingReader(this.#objects.callReturns.map('data_ring'));
    this.#lifecycleRing = new RingReader(this.#objects.connections.map('lifecycle_ring'));
    this.#data = new DataDrain(this.#dataRing, origin);
    const clock = { origin, bootWallNs: this.#bootWallNs };
    this.#lifecycle = new LifecycleDrain(this.#lifecycleRing, clock, {
      exec: ({ pid }) => this.#tls?.considerNewProgram(pid),
      exit: ({ pid }) => {
        this.#tls?.forget(pid, Date.now());
        this.#syscalls?.exit(pid);
      },
      mapping: (mapping) => this.#tls?.considerMapping(mapping),
      usesProbedTls: (pid) => this.#tls?.isUsedBy(pid) ?? false,
    });
  }

  /** Attaches, then hands over events until the signal; ends with a last drain and the final counters. */
  async run(sink: EventSink, signal: AbortSignal): Promise<void> {
    this.#sink = sink;
    sink.clock(0, this.origin.wallNs);
    const report = this.#reportTo(sink);
    this.#reportFailures(report);
    await attachAll(this.#objects, {
      report,
      afterProcesses: () =>
        this.#startTls(report, this.#describeRunning(sink, this.#policy.includeRunning())),
    });
    giveBack();
    await this.#drainUntil(sink, signal);
    this.#finish(sink);
  }

  /** Tells the kernel to count the bytes of a connection and to ship none. False when it is gone. */
  setVerdict(connectionId: number, decision: 'drop' | 'ship'): boolean {
    const sock = this.#lifecycle.sockOf(connectionId);
    if (sock === undefined || this.#isClosed) return false;
    const request = Buffer.alloc(verdictRequestBytes);
    request.writeBigUInt64LE(sock, verdictRequestOffsets.sock);
    request.writeBigUInt64LE(BigInt(connectionId), verdictRequestOffsets.connectionId);
    const value = decision === 'drop' ? verdict.verdictDrop : verdict.verdictShip;
    request.writeBigUInt64LE(BigInt(value), verdictRequestOffsets.verdict);
    return runProgram(this.#objects.connections.programFd('set_verdict'), request) === 0;
  }

  /** Makes a process and all that stem from it targets from now on. */
  addTargetPid(pid: number): void {
    const pids = [pid, ...descendantsOf([pid])];
    for (const each of pids) this.#policy.include(each);
    if (this.#sink === undefined) return;
    for (const running of this.#describeRunning(this.#sink, pids)) this.#tls?.consider(running);
  }

  /** Never captures this process and what it forks from now on. */
  addExcludedPid(pid: number): void {
    this.#policy.exclude(pid);
  }

  handedOverToNs(): number | undefined {
    return this.#handedOverToNs;
  }

  /** Of both rings. */
  get ringBytes(): number {
    return this.#options.ringDataBytes + this.#options.ringLifecycleBytes;
  }

  accounts(): LiveAccounts {
    return {
      socketData: this.#accounting.totals(eventSource.sourceSocketData),
      tlsData: this.#accounting.totals(eventSource.sourceTlsData),
      lifecycle: this.#accounting.totals(eventSource.sourceLifecycle),
      bindingWalks: readBindingWalks(this.#objects.callReturns.map('tls_walks')),
      shipped: { ...this.#data.shipped, lifecycleEvents: this.#lifecycle.shippedEvents },
    };
  }

  /** Detaches and unloads everything. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#tls?.close();
    this.#objects.close();
    this.#dataRing.close();
    this.#lifecycleRing.close();
  }

  #reportTo(sink: EventSink): Report {
    return (probe) => sink.probe({ ...probe, atNs: this.#nowNs() });
  }

  #nowNs(): number {
    return Number(process.hrtime.bigint() - this.origin.monotonicNs);
  }

  /** The running processes of these, told to the sink. */
  #describeRunning(sink: EventSink, pids: readonly number[]): number[] {
    return pids.filter((pid) => {
      const event = describeProcess(pid, this.#nowNs(), this.#bootWallNs);
      if (event !== undefined) sink.process(event);
      return event !== undefined;
    });
  }

  #reportFailures(report: Report): void {
    for (const { part, error } of this.#objects.failures) {
      const detail = AppError.from(error, 'BPF_LOAD_FAILED').message;
      report({ probe: part, target: 'kernel', state: 'failed', method: 'load', detail });
    }
  }

  #startTls(report: Report, pids: readonly number[]): void {
    const { tls, callReturns } = this.#objects;
    if (tls === undefined) return;
    this.#tls = new TlsProbes({ tls: tls.object, callReturns }, tls.method, report);
    this.#tls.attachSystemLibraries();
    for (const pid of pids) this.#tls.consider(pid);
  }

  #shippedEvents(): number {
    return this.#data.shipped.events + this.#lifecycle.shippedEvents;
  }

  #drainUntil(sink: EventSink, signal: AbortSignal): Promise<void> {
    const { drainIntervalMs: busyMs, idleDrainIntervalMs: idleMs } = this.#options;
    const pace = new DrainPace({ busyMs, idleMs });
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const stop = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const round = (): void => {
        if (signal.aborted) return stop();
        const before = this.#shippedEvents();
        try {
          this.#drainOnce(sink);
          this.#reportWhenDue(sink);
        } catch (error) {
          return reject(error instanceof Error ? error : new Error(String(error)));
        }
        const handedOver = this.#shippedEvents() - before;
        timer = setTimeout(round, pace.next(handedOver, this.#dataRing.fillRatio()));
      };
      signal.addEventListener('abort', stop, { once: true });
      round();
    });
  }

  /**
   * One round. The data ring's level is noted first: whatever announces its connections is then already
   * in the lifecycle ring. Ends read in the round before are due once that much data is through.
   */
  #drainOnce(sink: EventSink): void {
    const startNs = this.#nowNs();
    const dataBytes = this.#dataRing.pendingBytes();
    this.#lifecycle.drain(sink);
    const newEndings = this.#lifecycle.takeEndings();
    if (this.#data.drain(sink, dataBytes)) {
      this.#lifecycle.deliverEndings(sink, this.#heldEndings);
      this.#heldEndings = newEndings;
      // Ends of the round before are through now, and so is what the kernel had timed and not yet written then.
      this.#handedOverToNs = this.#drainedToNs;
      this.#drainedToNs = startNs;
    } else {
      this.#heldEndings.push(...newEndings);
    }
  }

  #countersDueNs = 0;
  #clockDueNs = CLOCK_EVERY_MS * 1e6;
  #trimDueNs = TRIM_EVERY_MS * 1e6;

  #reportWhenDue(sink: EventSink): void {
    const nowNs = this.#nowNs();
    if (nowNs >= this.#countersDueNs) {
      this.#countersDueNs = nowNs + COUNTERS_EVERY_MS * 1e6;
      this.#accounting.report(sink, nowNs);
      this.#tls?.tidy(Date.now());
    }
    this.#syscalls?.reportWhenDue(sink, nowNs);
    if (nowNs >= this.#trimDueNs) {
      this.#trimDueNs = nowNs + TRIM_EVERY_MS * 1e6;
      returnFreeMemory();
    }
    if (nowNs >= this.#clockDueNs) {
      this.#clockDueNs = nowNs + CLOCK_EVERY_MS * 1e6;
      sink.clock(nowNs, wallClockNs());
      this.#bindingWalks.report(this.#reportTo(sink));
      giveBack();
    }
  }

  #finish(sink: EventSink): void {
    if (this.#isClosed) return;
    this.#tls?.close();
    for (const object of this.#objects.all) object.detach();
    this.#drainOnce(sink);
    this.#drainOnce(sink);
    this.#syscalls?.report(sink, this.#nowNs());
    this.#accounting.report(sink, this.#nowNs());
    this.#bindingWalks.report(this.#reportTo(sink));
    sink.clock(this.#nowNs(), wallClockNs());
  }
}

/** What only starting needed, and what a busy time has left. */
function giveBack(): void {
  collectGarbage();
  returnFreeMemory();
  unmapUnusedCode();
}

/** Loads the programs and writes who is captured; nothing is attached before `run`. */
export function createLiveSource(options: LiveOptions): Promise<LiveSource> {
  return Promise.resolve().then(() => {
    giveBack(); // What was needed to come so far does not lie beside what loading takes.
    return new LiveSource(resolveLiveOptions(options));
  });
}
