import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';
import { describeCores, pinSelf } from '../measure/cores.ts';
import { median, spread } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { type RingPair, ringFigures, nsPerEvent } from './ring-figures.ts';

const WRITES_PER_SECOND = 200_003;
const WRITE_BYTES = 256;
const program = fileURLToPath(new URL('../../../packages/agent/bench/ring.bench.ts', import.meta.url));

async function run({ pairs, seconds }: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const cores = pinSelf();
  log(`The ring under ${formatNumber(WRITES_PER_SECOND)} writes a second …`);
  const measured: RingPair[] = [];
  const args = [pairs, seconds, WRITES_PER_SECOND, cores.measured].map(String);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const pair = JSON.parse(line) as RingPair; // Proof: one pair a line, ring.bench.ts.
    measured.push(pair);
    log(
      `Pair ${measured.length} of ${pairs}: ${nsPerEvent(pair).toFixed(1)} ns an event, ${pair.written - pair.events} lost`,
    );
  }
  if ((await ended) !== 0 || measured.length !== pairs) {
    const remedy = 'Its own message stands above; it needs root and a kernel with BTF.';
    throw new AppError('BENCH_RING_FAILED', 'the reader of the ring ended early', { remedy });
  }
  return {
    figures: ringFigures(measured),
    pairs,
    notes: notesOf(measured, describeCores({ ...cores, hasRealtime: false }, 'the writing program')),
  };
}

function notesOf(measured: readonly RingPair[], cores: string): readonly string[] {
  const total = (figure: 'written' | 'events'): number =>
    measured.reduce((sum, pair) => sum + pair[figure], 0);
  const rate = median(measured.map(({ writesPerSecond }) => writesPerSecond));
  const idle = median(measured.map(({ idleCores }) => idleCores));
  return [
    cores,
    `${formatNumber(total('written'))} writes of ${WRITE_BYTES} B at ${formatNumber(rate)} a second (asked: ${formatNumber(WRITES_PER_SECOND)}), ${formatNumber(total('events'))} events handed over`,
    `nsPerEvent: CPU of the reading process a handed-over event, less what it takes while nothing comes (${(idle * 1_000).toFixed(1)} millicores); pairs within ${(spread(measured.map(nsPerEvent)) * 100).toFixed(1)} % of their median`,
    'lost: writes by the program’s own count less events; ring and drain interval are the defaults',
  ];
}

export const ringBench: Bench = {
  name: 'ring',
  summary: 'what an event costs the reader of the kernel’s ring, and what is lost at a fixed rate',
  defaults: { pairs: 6, seconds: 3 },
  goals: { lost: { atMost: 0, meaning: `at ${formatNumber(WRITES_PER_SECOND)} events/s` } },
  run,
};
