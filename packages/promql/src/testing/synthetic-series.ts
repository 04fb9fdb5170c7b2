import type { Random, TimedSeries } from '@tomte/testkit';

/** 2026-01-15 00:00:00 UTC. */
export const startMs = 1_768_435_200_000;
export const lengthMs = 2 * 3_600_000;
const gridMs = 15_000;

const services = ['cart', 'checkout', 'search'];
const methods = ['GET', 'POST'];
const statuses = ['200', '404', '500'];
const bounds = ['0.005', '0.01', '0.05', '0.1', '0.5', '1', '+Inf'];

interface Shape {
  readonly labels: Readonly<Record<string, string>>;
  /** The next value from the one before. */
  readonly step: (before: number, index: number) => number;
  readonly first?: number;
  /** Whether there is a sample at all. */
  readonly isThere?: (index: number) => boolean;
}

function sampled({ labels, step, first = 0, isThere = () => true }: Shape): TimedSeries {
  const timesMs: number[] = [];
  const values: number[] = [];
  let value = first;
  for (let index = 0; index * gridMs <= lengthMs; index += 1) {
    value = step(value, index);
    if (!isThere(index)) continue;
    timesMs.push(startMs + index * gridMs);
    values.push(value);
  }
  return { labels, timesMs, values };
}

/** Counters with resets, gaps, beginnings and ends; histograms; gauges below zero, with NaN and infinities; one sample alone. */
export function syntheticSeries(random: Random): readonly TimedSeries[] {
  return [...counters(random), ...histograms(random), ...gauges(random), ...oddities(random)];
}

function counters(random: Random): readonly TimedSeries[] {
  const all: TimedSeries[] = [];
  for (const service_name of services) {
    for (const method of methods) {
      for (const status of statuses) {
        const bound = 1 + random.below(40);
        const resetAt = random.below(3) === 0 ? 100 + random.below(300) : -1;
        const gapAt = random.below(3) === 0 ? random.below(400) : -1;
        const gap = 3 + random.below(40);
        const startsAt = random.below(4) === 0 ? random.below(200) : 0;
        all.push(
          sampled({
            labels: { __name__: 'http_requests_total', service_name, method, status },
            step: (before, index) => (index === resetAt ? random.below(3) : before + random.below(bound)),
            isThere: (index) => index >= startsAt && !(gapAt >= 0 && index >= gapAt && index < gapAt + gap),
          }),
        );
      }
    }
  }
  return all;
}

function histograms(random: Random): readonly TimedSeries[] {
  const all: TimedSeries[] = [];
  for (const service_name of services) {
    const counts = bounds.map(() => [] as number[]);
    const running = bounds.map(() => 0);
    for (let index = 0; index * gridMs <= lengthMs; index += 1) {
      for (let request = random.below(12); request > 0; request -= 1) {
        const from = random.below(bounds.length);
        for (let bucket = from; bucket < bounds.length; bucket += 1)
          running[bucket] = (running[bucket] ?? 0) + 1;
      }
      for (const [bucket, count] of counts.entries()) count.push(running[bucket] ?? 0);
    }
    const times = counts[0]?.map((_, index) => startMs + index * gridMs) ?? [];
    for (const [bucket, values] of counts.entries()) {
      const labels = { __name__: 'latency_seconds_bucket', service_name, le: bounds[bucket] ?? '' };
      all.push({ labels, timesMs: times, values });
    }
    const total = counts.at(-1) ?? [];
    all.push({ labels: { __name__: 'latency_seconds_count', service_name }, timesMs: times, values: total });
    const sums = total.map((count) => count * 0.137);
    all.push({ labels: { __name__: 'latency_seconds_sum', service_name }, timesMs: times, values: sums });
  }
  return all;
}

function gauges(random: Random): readonly TimedSeries[] {
  return services.flatMap((service_name, which) => [
    sampled({
      labels: { __name__: 'memory_bytes', service_name, zone: `z${which % 2}` },
      first: 1e9,
      step: (before) => before + (random.below(2_000_001) - 1_000_000),
      isThere: (index) => which !== 2 || index % 7 !== 0,
    }),
    sampled({
      labels: { __name__: 'temperature', service_name, zone: `z${which % 2}`, room: `r${which}` },
      step: () => (random.below(2_000) - 1_000) / 16,
    }),
    sampled({
      labels: { __name__: 'build_info', service_name, version: `1.${which}`, team: which === 0 ? 'a' : 'b' },
      first: 1,
      step: () => 1,
    }),
    sampled({
      labels: { __name__: 'up', service_name },
      step: () => (random.below(9) === 0 ? 0 : 1),
    }),
  ]);
}

function oddities(random: Random): readonly TimedSeries[] {
  const odd = [NaN, Infinity, -Infinity, 0, -1.5, 1e-7, 1.5e21];
  return [
    sampled({ labels: { __name__: 'odd_values', kind: 'mixed' }, step: () => random.pick(odd) }),
    sampled({ labels: { __name__: 'odd_values', kind: 'never' }, step: () => NaN }),
    sampled({ labels: { __name__: 'odd_values', kind: 'huge' }, step: (_, index) => 1e300 * (index % 9) }),
    sampled({ labels: { __name__: 'odd_values', kind: 'tiny' }, step: (_, index) => 1e-300 * (index % 5) }),
    sampled({
      labels: { __name__: 'seldom', kind: 'once' },
      step: () => 42,
      isThere: (index) => index === 240,
    }),
    sampled({
      labels: { __name__: 'seldom', kind: 'now and then' },
      step: (before) => before + 1,
      isThere: (index) => index % 23 === 0,
    }),
    sampled({
      labels: { __name__: 'events_total', path: '/a b"c\\d', empty_like: 'größe' },
      step: (before) => before + random.below(2),
    }),
  ];
}
