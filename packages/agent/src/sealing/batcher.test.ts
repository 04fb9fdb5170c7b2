import { expect, test } from 'vitest';
import { peerWithout, placementWithout } from '../identity/cluster-view.ts';
import { buildConnection, ConversationBuilder } from '../testing/event-builders.ts';
import { makeHarness } from '../testing/pipeline-harness.ts';

const MS = 1e6;

/** Source times, in milliseconds, at which batches were sealed while rows came at these times. */
function sealedAt(rowsMs: readonly number[], untilMs = 3_000): number[] {
  const { pipeline, batches } = makeHarness();
  const sealed: number[] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += 50) {
    for (const [index, rowMs] of rowsMs.entries())
      if (rowMs === atMs)
        pipeline.connection(buildConnection({ atNs: atMs * MS, kind: 'closed', connectionId: index + 1 }));
    const before = batches.length;
    pipeline.tick(atMs * MS);
    for (let count = before; count < batches.length; count += 1) sealed.push(atMs);
  }
  return sealed;
}

test('the first row after a rest is sealed at the next tick, what follows at most every 750 ms', () => {
  expect(sealedAt([1_050])).toEqual([1_100]);
  expect(sealedAt([1_050, 1_150, 1_250, 1_800, 1_850])).toEqual([1_100, 1_900]);
  expect(sealedAt([1_050, 2_050])).toEqual([1_100, 2_100]);
});

test('rows that have waited for their pods wait no second time', () => {
  let isKnown = false;
  const { pipeline, batches } = makeHarness({
    cluster: {
      placementOf: (_process, isLast) => (isKnown || isLast ? placementWithout('pod_unknown') : undefined),
      peerOf: () => peerWithout('external', 'external'),
      isSettled: () => true,
    },
  });
  const ask = (connectionId: number, atMs: number): void => {
    const talk = new ConversationBuilder(connectionId);
    pipeline.connection(buildConnection({ connectionId, atNs: atMs * MS }));
    pipeline.data(talk.data('received', 'GET / HTTP/1.1\r\n\r\n', { atNs: atMs * MS }));
    pipeline.data(talk.data('sent', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', { atNs: atMs * MS }));
  };
  const requestBatches = (): number => batches.filter(({ table }) => table === 'requests').length;
  isKnown = true;
  ask(1, 1_010);
  pipeline.tick(1_100 * MS);
  expect(requestBatches()).toBe(1);
  isKnown = false;
  ask(2, 1_110);
  pipeline.tick(1_300 * MS);
  expect(requestBatches()).toBe(1);
  isKnown = true;
  pipeline.tick(1_400 * MS);
  expect(requestBatches()).toBe(2);
});
