import { expect, test } from 'vitest';
import { KeptNames, MAX_NAMES } from './kept-names.ts';

const object = (labels: object, annotations: object = {}): unknown => ({ metadata: { labels, annotations } });

test('names as they are allowed, whole or by how they begin; long values are cut', () => {
  const kept = new KeptNames({ labels: ['app', 'example.com/*'], annotations: ['note'] });
  const labels = { app: 'x', apple: 'y', 'example.com/a': '1', 'example.com': '2', number: 3 };
  expect(kept.labelsOf(object(labels))).toEqual({ app: 'x', 'example.com/a': '1' });
  expect(kept.annotationsOf(object(labels, { note: 'n'.repeat(999), app: 'x' }))).toEqual({
    note: 'n'.repeat(256),
  });
  expect(kept.labelsOf(undefined)).toEqual({});
});

test('of very many names the first are kept, and it is told once', () => {
  let cuts = 0;
  const kept = new KeptNames({ labels: ['n*'], annotations: [], onCut: () => (cuts += 1) });
  const names = Array.from({ length: MAX_NAMES + 1 }, (_, index) => `n${String(index).padStart(2, '0')}`);
  const of = (some: readonly string[]): unknown => object(Object.fromEntries(some.map((name) => [name, ''])));
  expect(Object.keys(kept.labelsOf(of(names.slice(1))))).toHaveLength(MAX_NAMES);
  expect(cuts).toBe(0);
  expect(Object.keys(kept.labelsOf(of(names.toReversed())))).toEqual(names.slice(0, MAX_NAMES));
  kept.labelsOf(of(names));
  expect(cuts).toBe(1);
});
