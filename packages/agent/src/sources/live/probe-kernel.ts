import { probeKernelFeatures } from '@tomte/bpf-host';
import type { KernelFeature } from '@tomte/bpf-host';
import type { EventSink, ProbeEvent } from '../source.ts';
import { createLiveSource } from './live-source.ts';

export interface KernelReport {
  readonly features: readonly KernelFeature[];
  /** Each program and library, attached for a moment with no target at all. */
  readonly probes: readonly ProbeEvent[];
}

/** Reported last: after it, nothing more is attached without a target. */
const LAST_PROBE = 'call_return';

/** Asks the kernel for all that the agent needs, by doing it; nothing is captured and nothing stays. */
export async function probeKernel(): Promise<KernelReport> {
  const features = probeKernelFeatures();
  const probes: ProbeEvent[] = [];
  const source = await createLiveSource({
    target: { kind: 'only', pids: [] },
    exclude: { pids: [], cgroups: [] },
    syscallStats: true,
    ringDataBytes: 1 << 20,
    maxConnections: 1024,
  });
  const stopping = new AbortController();
  try {
    await source.run(
      sinkOf((probe) => {
        probes.push(probe);
        if (probe.probe === LAST_PROBE) stopping.abort();
      }),
      stopping.signal,
    );
    return { features, probes };
  } finally {
    source.close();
  }
}

function sinkOf(probe: EventSink['probe']): EventSink {
  const ignore = (): void => undefined;
  return {
    probe,
    data: ignore,
    connection: ignore,
    process: ignore,
    syscalls: ignore,
    counters: ignore,
    loss: ignore,
    clock: ignore,
  };
}
