import { cpus, release, totalmem } from 'node:os';
import type { AppError } from '@tomte/kit';

export type Figures = Readonly<Record<string, number>>;

/** What a figure is to be: at most or at least so much. */
export interface Goal {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What stands beside it in the table. */
  readonly meaning: string;
}

export interface BenchResult {
  /** Exactly the names that the bench is known by. */
  readonly figures: Figures;
  /** Interleaved pairs, or rounds beside a control, behind each figure. */
  readonly pairs: number;
  /** For people: rates, pinning, what was running, what stands behind a figure. */
  readonly notes: readonly string[];
  /** Why the figures are not to be trusted: they are shown all the same, and the program ends with this error. */
  readonly fault?: AppError;
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** Of each figure that has one. */
  readonly goals: Readonly<Record<string, Goal>>;
  readonly defaults: BenchOptions;
  /** @param log talk, to stderr */
  run(options: BenchOptions, log: (line: string) => void): Promise<BenchResult>;
}

export interface BenchOptions {
  readonly pairs: number;
  /** Of one measured window. */
  readonly seconds: number;
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
export function toJsonLine(name: string, { figures, pairs }: BenchResult): string {
  return JSON.stringify({ bench: name, figures, pairs, machine: describeMachine() });
}

export function toTable({ figures, notes }: BenchResult, goals: Bench['goals']): string {
  const rows = Object.entries(figures).map(([name, value]) => {
    const goal = goals[name];
    return goal === undefined
      ? [name, formatNumber(value), '', '']
      : [
          name,
          formatNumber(value),
          `goal ${describeGoal(goal)}`,
          isReached(value, goal) ? 'reached' : 'MISSED',
        ];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
  return [...lines, ...notes.map((note) => `  - ${note}`)].join('\n');
}

export function isReached(value: number, { atMost = Infinity, atLeast = -Infinity }: Goal): boolean {
  return value <= atMost && value >= atLeast;
}

function describeGoal({ atMost, atLeast, meaning }: Goal): string {
  const bound = atMost === undefined ? `≥ ${formatNumber(atLeast ?? 0)}` : `≤ ${formatNumber(atMost)}`;
  return meaning === '' ? bound : `${bound} (${meaning})`;
}

export function formatNumber(value: number): string {
  if (Math.abs(value) >= 10_000) return Math.round(value).toLocaleString('en');
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 10 ? value.toFixed(3) : value.toFixed(1);
}
