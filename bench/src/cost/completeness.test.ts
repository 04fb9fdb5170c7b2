import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { compareRuns, loggedByRun } from './completeness.ts';

const line = (nonce: string): string => `{"method":"GET","target":"/tiny?n=${nonce}","nonce":"${nonce}"}`;

test('lines of runs under a whole agent are counted, a run is what stands before the dash', async () => {
  const nonces = ['on0tinyhttp-0', 'on0tinyhttp-17', 'on1pagehttps-3', 'stats2tinyhttp-5'];
  const others = ['off0tinyhttp-0', 'noop0tinyhttps-1', 'again3pagehttps-9', 'warm-1', 'wrk-0', 'half-0'];
  const counts = await loggedByRun(Readable.from([...nonces, ...others].map(line)));
  expect(Object.fromEntries(counts)).toEqual({ on0tinyhttp: 2, on1pagehttps: 1, stats2tinyhttp: 1 });
});

test('what one run has too many of does not make up for what another lacks', () => {
  const logged = new Map([
    ['on0tinyhttp', 101],
    ['on0tinyhttps', 103],
    ['on0pagehttp', 107],
  ]);
  const stored = new Map([
    ['on0tinyhttp', { distinct: 101, rows: 102 }],
    ['on0tinyhttps', { distinct: 110, rows: 110 }],
    ['off0tinyhttp', { distinct: 997, rows: 997 }],
  ]);
  expect(compareRuns(logged, stored)).toEqual({
    storedRequests: 204,
    loggedRequests: 311,
    doubled: 1,
    short: ['on0pagehttp 107 of 107'],
  });
});
