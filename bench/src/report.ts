import { cpus, release, totalmem } from 'node:os';

export type Figures = Readonly<Record<string, number | null>>;

export interface BenchResult {
  readonly figures: Figures;
  /** Interleaved pairs behind each ratio; 1 where a figure is not a ratio. */
  readonly pairs: number;
  /** What a reader needs to judge the figures: rates, pinning, what was running. */
  readonly notes?: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** @param log talk, to stderr */
  run(options: BenchOptions, log: (line: string) => void): Promise<BenchResult>;
}

export interface BenchOptions {
  readonly pairs: number;
  /** Shorter and less exact, to see that it works. */
  readonly quick: boolean;
}

function describeMachine(): Readonly<Record<string, string | number>> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
  };
}

/** One line, last on stdout. */
export function toJsonLine(name: string, result: BenchResult): string {
  return JSON.stringify({
    bench: name,
    figures: result.figures,
    pairs: result.pairs,
    machine: describeMachine(),
    ...(result.notes === undefined ? {} : { notes: result.notes }),
  });
}

export function toTable(result: BenchResult): string {
  const width = Math.max(...Object.keys(result.figures).map((name) => name.length));
  const lines = Object.entries(result.figures).map(
    ([name, value]) => `  ${name.padEnd(width)}  ${value === null ? 'not measured' : formatNumber(value)}`,
  );
  return [...lines, ...(result.notes ?? []).map((note) => `  - ${note}`)].join('\n');
}

function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(4);
}
