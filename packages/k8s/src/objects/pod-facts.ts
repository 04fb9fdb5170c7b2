import { field, listAt, objectAt, textAt, timeAt } from './json.ts';

const NS_PER_SECOND = 1_000_000_000n;

/** All its addresses; `podIP` alone where the list is missing. */
export function podIps(pod: unknown): readonly string[] {
  const status = objectAt(pod, 'status');
  const listed = listAt(status, 'podIPs')
    .map((item) => textAt(item, 'ip'))
    .filter((ip) => ip !== '');
  const single = textAt(status, 'podIP');
  return listed.length > 0 || single === '' ? listed : [single];
}

export function hasEnded(pod: unknown): boolean {
  const phase = textAt(objectAt(pod, 'status'), 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

/**
 * When its sandbox had its address, from below: Kubernetes counts whole seconds. The first container that ran says it
 * best; before that the condition that kubelet sets when the sandbox stands. 0n while neither is told.
 */
export function addressSince(pod: unknown): bigint {
  const status = objectAt(pod, 'status');
  const starts = statuses(status)
    .flatMap((container) => [
      timeAt(objectAt(objectAt(container, 'state'), 'running'), 'startedAt'),
      timeAt(objectAt(objectAt(container, 'state'), 'terminated'), 'startedAt'),
      timeAt(objectAt(objectAt(container, 'lastState'), 'terminated'), 'startedAt'),
    ])
    .filter((at) => at > 0n);
  if (starts.length > 0) return starts.reduce((least, at) => (at < least ? at : least));
  const ready = listAt(status, 'conditions').find(
    (condition) =>
      textAt(condition, 'type') === 'PodReadyToStartContainers' && field(condition, 'status') === 'True',
  );
  return timeAt(ready, 'lastTransitionTime');
}

/** When its last container had ended, from above (the second is over); 0n while one runs or none has run. */
export function containersEnded(pod: unknown): bigint {
  const all = statuses(objectAt(pod, 'status'));
  const ends = all.map((container) =>
    timeAt(objectAt(objectAt(container, 'state'), 'terminated'), 'finishedAt'),
  );
  const isRunning = all.some((container) => field(objectAt(container, 'state'), 'running') !== undefined);
  const last = ends.reduce((most, at) => (at > most ? at : most), 0n);
  return isRunning || last === 0n ? 0n : last + NS_PER_SECOND;
}

function statuses(status: unknown): readonly unknown[] {
  return ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap((group) =>
    listAt(status, group),
  );
}
