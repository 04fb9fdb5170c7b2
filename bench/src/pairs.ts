import { median } from './statistics.ts';

/**
 * Measures two arms in one run, interleaved so that drift of the machine hits both, the order of a pair
 * turning each time.
 */
export async function measurePairs<T>(
  pairs: number,
  arms: { readonly off: () => Promise<T>; readonly on: () => Promise<T> },
): Promise<{ off: T; on: T }[]> {
  const measured: { off: T; on: T }[] = [];
  for (let index = 0; index < pairs; index += 1) {
    if (index % 2 === 0) {
      const off = await arms.off();
      measured.push({ off, on: await arms.on() });
    } else {
      const on = await arms.on();
      measured.push({ off: await arms.off(), on });
    }
  }
  return measured;
}

/** Median over the pairs of on ÷ off. */
export function medianRatio<T>(pairs: readonly { off: T; on: T }[], figure: (arm: T) => number): number {
  return median(pairs.map((pair) => figure(pair.on) / figure(pair.off)));
}
