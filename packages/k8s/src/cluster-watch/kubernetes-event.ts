import { numberAt, objectAt, textAt, timeAt } from '../objects/json.ts';
import { toMeta } from '../objects/meta.ts';

const MAX_MESSAGE_CHARACTERS = 1_024;

/** One of Kubernetes' events, as it stands now: it is counted up while it repeats. */
export interface KubernetesEvent {
  readonly uid: string;
  /** Version of the object, as the API server numbers it: with the uid it names this state of the event. */
  readonly resourceVersion: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstWallNs: bigint;
  readonly lastWallNs: bigint;
  readonly namespace: string;
  readonly objectKind: string;
  readonly objectName: string;
  readonly objectUid: string;
  /** The controller that says so, such as kubelet. */
  readonly component: string;
  readonly nodeName: string;
}

/** Undefined for what is no event. */
export function toKubernetesEvent(object: unknown): KubernetesEvent | undefined {
  const meta = toMeta(object);
  if (meta === undefined) return undefined;
  const about = objectAt(object, 'involvedObject');
  const series = objectAt(object, 'series');
  const source = objectAt(object, 'source');
  const eventTime = timeAt(object, 'eventTime');
  const times = [
    timeAt(series, 'lastObservedTime'),
    timeAt(object, 'lastTimestamp'),
    eventTime,
    meta.createdWallNs,
  ];
  const starts = [timeAt(object, 'firstTimestamp'), eventTime, meta.createdWallNs];
  return {
    uid: meta.uid,
    resourceVersion: textAt(objectAt(object, 'metadata'), 'resourceVersion'),
    type: textAt(object, 'type'),
    reason: textAt(object, 'reason'),
    message: textAt(object, 'message').slice(0, MAX_MESSAGE_CHARACTERS),
    count: Math.max(1, numberAt(series, 'count'), numberAt(object, 'count')),
    firstWallNs: starts.find((at) => at > 0n) ?? 0n,
    lastWallNs: times.find((at) => at > 0n) ?? 0n,
    namespace: textAt(about, 'namespace') || meta.namespace,
    objectKind: textAt(about, 'kind'),
    objectName: textAt(about, 'name'),
    objectUid: textAt(about, 'uid'),
    component: textAt(object, 'reportingComponent') || textAt(source, 'component'),
    nodeName: textAt(source, 'host'),
  };
}
