import { AppError } from '@tomte/kit';
import { describeCores, pin, pinSelf } from '../measure/cores.ts';
import { orderOf } from '../measure/pairs.ts';
import { median } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { llhttp, ourParser, type ParseRound } from './parsers.ts';
import { type ParseStream, streams } from './streams.ts';

type StreamName = keyof typeof streams;
const names = ['both', 'small', 'page'] as const;
const arms = ['ours', 'llhttp', 'again'] as const;

interface Speed {
  readonly megabytesPerSecond: number;
  readonly exchangesPerSecond: number;
}

function run({ pairs, seconds }: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const cores = pinSelf();
  pin(process.pid, cores.measured);
  const speeds = Object.fromEntries(
    names.map((name) => {
      const stream = streams[name];
      const parsers = { ours: ourParser(stream), llhttp: llhttp(stream), again: ourParser(stream) };
      const measured = { ours: [] as Speed[], llhttp: [] as Speed[], again: [] as Speed[] };
      for (const arm of arms) speedOf(parsers[arm], stream, seconds / 2); // Until everything is compiled.
      for (let pair = 0; pair < pairs; pair += 1)
        for (const arm of orderOf(arms, pair)) measured[arm].push(speedOf(parsers[arm], stream, seconds / 2));
      log(`${name}: ${formatNumber(median(measured.ours.map((speed) => speed.megabytesPerSecond)))} MB/s`);
      return [name, measured];
    }),
  ) as Record<StreamName, Record<(typeof arms)[number], Speed[]>>; // Proof: an entry for each name.
  const middle = (
    name: StreamName,
    arm: (typeof arms)[number],
    figure: keyof Speed = 'megabytesPerSecond',
  ): number => median(speeds[name][arm].map((speed) => speed[figure]));
  const notes = names.map(
    (name) =>
      `${name}: ${formatNumber(middle(name, 'ours'))} MB/s, ${formatNumber(middle(name, 'ours', 'exchangesPerSecond'))} exchanges/s; control llhttp (C, no pairing, nothing kept) ${formatNumber(middle(name, 'llhttp'))} MB/s; ours ÷ llhttp ${ratio(speeds[name], 'llhttp')}, A/A ${ratio(speeds[name], 'again')}`,
  );
  return Promise.resolve({
    figures: { httpMBPerSecond: middle('both', 'ours') },
    pairs,
    notes: [
      describeCores({ ...cores, hasRealtime: false }, 'the parser'),
      'both: as many JSON answers of 700 B as pages of 10 KiB, kept-alive, browser headers, a trace context of its own in each request; MB of both directions a second of CPU of the thread',
      ...notes,
    ],
  });
}

/** By CPU time of this thread: what else runs on the processor does not count. */
function speedOf(parse: ParseRound, stream: ParseStream, seconds: number): Speed {
  const endMs = performance.now() + seconds * 1_000;
  const start = process.threadCpuUsage();
  let rounds = 0;
  for (; performance.now() < endMs; rounds += 1) {
    const found = parse();
    if (found === stream.exchanges) continue;
    const remedy = 'This is a defect of a parser, or of the benchmark: please report it.';
    throw new AppError('BENCH_PARSE_MISCOUNTED', `${found} exchanges of ${stream.exchanges} were found`, {
      family: 'unexpected',
      remedy,
    });
  }
  const { user, system } = process.threadCpuUsage(start);
  const cpuSeconds = (user + system) / 1e6;
  return {
    megabytesPerSecond: (rounds * stream.bytes) / 1e6 / cpuSeconds,
    exchangesPerSecond: (rounds * stream.exchanges) / cpuSeconds,
  };
}

function ratio(speeds: Record<(typeof arms)[number], Speed[]>, to: 'llhttp' | 'again'): string {
  const pairs = speeds.ours.map(
    ({ megabytesPerSecond }, index) =>
      megabytesPerSecond / (speeds[to][index]?.megabytesPerSecond ?? Number.NaN),
  );
  return median(pairs).toFixed(3);
}

export const parseBench: Bench = {
  name: 'parse',
  summary: 'how many megabytes of HTTP the parser reads in a second of CPU, beside llhttp',
  defaults: { pairs: 6, seconds: 2 },
  goals: {},
  run,
};
