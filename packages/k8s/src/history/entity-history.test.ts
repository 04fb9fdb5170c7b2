import { expect, test } from 'vitest';
import { aPod, aService } from '../testing/entities.ts';
import { EntityHistory } from './entity-history.ts';
import type { OpenRow } from './entity-history.ts';
import type { EntityRow } from './entity-row.ts';

const seconds = (value: number): bigint => BigInt(Math.round(value * 1e9));

/** A history whose clock stands at `now`, and the rows as the table would hold them: the latest of each version. */
function aHistory(): { history: EntityHistory; clock: { now: number }; rows: () => EntityRow[] } {
  const clock = { now: 1_000 };
  const stored = new Map<string, EntityRow>();
  const history = new EntityHistory({
    clusterName: 'c',
    nowWallNs: () => seconds(clock.now),
    write: (row) => stored.set(`${row.uid}/${row.valid_from}`, row),
  });
  return { history, clock, rows: () => [...stored.values()] };
}

const spans = (rows: readonly EntityRow[]): unknown[] =>
  rows.map(({ name, addresses, services, valid_from, valid_to }) => [
    name,
    addresses.join(),
    services.join(),
    Number(valid_from) / 1e9,
    Number(valid_to) / 1e9,
  ]);

test('what a pod becomes while it is young is one version, and its end ends it', () => {
  const { history, clock, rows } = aHistory();
  history.put(aPod(1, { started: 1_000 }));
  clock.now = 1_002;
  history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'] }));
  clock.now = 1_005;
  history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'], services: ['cart'] }));
  expect(spans(rows())).toEqual([['cart-5d9f8-1', '10.0.0.1', 'cart', 1_000, 0]]);
  history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'], services: [], ended: 1_007 }));
  expect(spans(rows())).toEqual([['cart-5d9f8-1', '10.0.0.1', 'cart', 1_000, 1_007]]);
  expect(history.size).toBe(0);
});

test('what changes later is another version', () => {
  const { history, clock, rows } = aHistory();
  history.put(aService(1, { clusterIps: ['10.96.0.1'], startedWallNs: seconds(500) }));
  clock.now = 2_000;
  history.put(aService(1, { clusterIps: ['10.96.0.1'], startedWallNs: seconds(500), labels: { app: 'x' } }));
  expect(spans(rows())).toEqual([
    ['service-1', '10.96.0.1', '', 500, 2_000],
    ['service-1', '10.96.0.1', '', 2_000, 0],
  ]);
});

test('an address that was known before its start was: the guessed version never was', () => {
  const { history, rows } = aHistory();
  history.put(aPod(1, { started: 1_003, ips: ['10.0.0.1'] }));
  history.put(aPod(1, { started: 1_001, ips: ['10.0.0.1'] }));
  expect(spans(rows())).toEqual([
    ['cart-5d9f8-1', '10.0.0.1', '', 1_003, 1_003],
    ['cart-5d9f8-1', '10.0.0.1', '', 1_001, 0],
  ]);
});

test('another address is another version at once', () => {
  const { history, rows } = aHistory();
  history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'] }));
  history.put(aPod(1, { started: 1_030, ips: ['10.0.0.2'] }));
  expect(spans(rows())).toEqual([
    ['cart-5d9f8-1', '10.0.0.1', '', 1_000, 1_030],
    ['cart-5d9f8-1', '10.0.0.2', '', 1_030, 0],
  ]);
});

test('the same told again is no row', () => {
  const { history, rows, clock } = aHistory();
  history.put(aPod(1, { started: 1_000 }));
  const before = rows()[0]?.observed;
  clock.now = 9_000;
  history.put(aPod(1, { started: 1_000 }));
  expect(rows()[0]?.observed).toBe(before);
});

test('a collector that starts goes on where another stopped, and ends what has gone', () => {
  const first = aHistory();
  first.history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'] }));
  first.history.put(aPod(2, { started: 1_000, ips: ['10.0.0.2'] }));
  first.history.put(aPod(3, { started: 1_000, ips: ['10.0.0.3'] }));
  first.clock.now = 2_000;
  first.history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'], services: ['cart'] }));
  const open: OpenRow[] = first.rows().filter((row) => row.valid_to === 0n);
  const second = aHistory();
  second.clock.now = 3_000;
  second.history.resume(open);
  second.history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'], services: ['cart'] }));
  second.history.put(aPod(3, { started: 1_000, ips: ['10.0.0.3'], ended: 2_500 }));
  second.history.endUnseen();
  // The first goes on from its second version. The third has ended as its pod says, the second when that was seen.
  expect(spans(second.rows())).toEqual([
    ['cart-5d9f8-1', '10.0.0.1', 'cart', 2_000, 0],
    ['cart-5d9f8-3', '10.0.0.3', '', 1_000, 2_500],
    ['cart-5d9f8-2', '10.0.0.2', '', 1_000, 3_000],
  ]);
});

test('what two collectors have left open of one pod does not outlive it', () => {
  const first = aHistory();
  first.history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'] }));
  const [row] = first.rows();
  if (row === undefined) throw new Error('no row');
  const second = aHistory();
  second.clock.now = 3_000;
  second.history.resume([{ ...row, valid_from: seconds(1_500) }, row]);
  second.history.put(aPod(1, { started: 1_000, ips: ['10.0.0.1'], ended: 2_900 }));
  expect(spans(second.rows())).toEqual([
    ['cart-5d9f8-1', '10.0.0.1', '', 1_000, 1_500],
    ['cart-5d9f8-1', '10.0.0.1', '', 1_500, 2_900],
  ]);
});
