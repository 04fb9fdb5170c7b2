import { ManualClock } from '@tomte/kit';
import { expect, it } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';

function cacheOf(clock = new ManualClock()) {
  const loads: string[] = [];
  const cache = new ExpiringCache<string>({
    clock,
    maxEntries: 3,
    maxLoading: 2,
    ttlMs: (value) => (value === 'no' ? 10 : 100),
  });
  const get = (key: string, value = key): Promise<string> =>
    cache.get(key, () => {
      loads.push(key);
      return Promise.resolve(value);
    });
  return { cache, clock, loads, get };
}

it('loads once for those who ask at once, and again when its time is over', async () => {
  const { clock, loads, get } = cacheOf();
  expect(await Promise.all([get('a'), get('a'), get('a')])).toEqual(['a', 'a', 'a']);
  clock.advanceMs(99);
  await get('a');
  expect(loads).toEqual(['a']);
  clock.advanceMs(1);
  await get('a');
  expect(loads).toEqual(['a', 'a']);
});

it('keeps a value as long as the value says', async () => {
  const { clock, loads, get } = cacheOf();
  await get('a', 'no');
  clock.advanceMs(10);
  await get('a', 'yes');
  expect(loads).toEqual(['a', 'a']);
});

it('forgets what was asked for longest ago', async () => {
  const { cache, loads, get } = cacheOf();
  for (const key of ['a', 'b', 'c', 'a', 'd']) await get(key);
  expect(cache.size).toBe(3);
  await get('a');
  await get('b');
  expect(loads).toEqual(['a', 'b', 'c', 'd', 'b']);
});

it('does not keep a failure, and refuses more loads at once than it may have', async () => {
  const { cache } = cacheOf();
  await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  const never = new Promise<string>(() => undefined);
  void cache.get('b', () => never);
  void cache.get('c', () => never);
  await expect(cache.get('d', () => never)).rejects.toMatchObject({ code: 'K8S_ACCESS_BUSY' });
  expect(cache.size).toBe(0);
});
