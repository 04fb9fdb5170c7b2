import { ApiClient } from '../api/api-client.ts';
import { K8sError } from '../api/errors.ts';
import { listAt, objectAt, textsAt } from '../objects/json.ts';
import { KeptNames, MAX_NAMES } from '../objects/kept-names.ts';
import { Reflector } from '../watch/reflector.ts';
import { Turns } from '../watch/turns.ts';
import type { WatchHandler } from '../watch/reflector.ts';
import { ClusterModel } from './cluster-model.ts';
import { toKubernetesEvent } from './kubernetes-event.ts';
import { CustomKind } from './custom-kind.ts';
import type { ClusterWatch, ClusterWatchOptions } from './options.ts';
import { controllerKinds, corePaths } from './resources.ts';

interface Watched {
  readonly path: string;
  readonly handler: WatchHandler;
  readonly isMetadataOnly?: boolean;
  readonly beforeList?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Watches the whole cluster, each kind of object once, and tells pods, services, nodes and controllers, joined. Kinds of
 * controllers that do not exist here, or may not be seen, are left out, and asked for again: chains end below them.
 */
export function watchCluster(options: ClusterWatchOptions): ClusterWatch {
  const client = new ApiClient(options.server);
  const custom = options.customOwners.map((owner) => new CustomKind(owner, client));
  const model = new ClusterModel({
    kept: new KeptNames({ ...options, onCut: () => options.onProblem(namesCut()) }),
    followed: controllerKinds.map(({ group, kind }) => `${group}/${kind}`),
    nowWallNs: () => options.clock.wallNs(),
    onEntity: options.onEntity,
  });
  const watched: readonly Watched[] = [
    ...controllerKinds.map((kind) => ({
      path: kind.path,
      handler: model.controllers(kind),
      isMetadataOnly: true,
    })),
    ...custom.map((kind) => ({
      path: kind.path,
      handler: model.controllers(kind),
      isMetadataOnly: true,
      beforeList: (signal: AbortSignal) => kind.find(signal),
    })),
    { path: corePaths.namespaces, handler: model.namespaces(), isMetadataOnly: true },
    { path: corePaths.nodes, handler: model.nodes() },
    { path: corePaths.services, handler: model.services() },
    { path: corePaths.endpointSlices, handler: model.endpointSlices() },
    { path: corePaths.pods, handler: model.pods() },
  ];
  let isSynced = false;
  let lastCurrentNs = 0n;
  const reflectors: Reflector[] = [];
  const onSettled = (): void => {
    const isReady = (one: Reflector, index: number): boolean =>
      one.isSynced || (one.isSettled && watched[index]?.isMetadataOnly === true);
    if (isSynced || reflectors.length < watched.length || !reflectors.every(isReady)) return;
    isSynced = true;
    model.open();
    options.onSynced();
  };
  const { clock, random, onProblem } = options;
  const common = { client, clock, random, onProblem, onSettled, turns: new Turns() };
  for (const one of watched) reflectors.push(new Reflector({ ...common, ...one }));
  const events = options.watchesEvents ? watchEvents(client, options) : undefined;
  void tellClusterRanges(client, options);
  return {
    get isSynced() {
      return isSynced;
    },
    get stats() {
      return { ...model.stats, requestCount: client.requestCount };
    },
    asOfWallNs: () => {
      if (reflectors.every((one) => one.isCurrent || !one.isSynced)) lastCurrentNs = clock.wallNs();
      return lastCurrentNs;
    },
    close: () => {
      for (const one of [...reflectors, ...(events ?? [])]) one.close();
      client.close();
    },
  };
}

function namesCut(): K8sError {
  const facts = `an object has more than ${MAX_NAMES} labels or annotations that are to be kept; the first by name are`;
  return new K8sError('K8S_NAMES_CUT', facts);
}

/** Not among those that all else waits for: events are many, and join with nothing. */
function watchEvents(client: ApiClient, options: ClusterWatchOptions): readonly Reflector[] {
  const { clock, random, onProblem, onEvent } = options;
  const put = (object: unknown): void => {
    const event = toKubernetesEvent(object);
    if (event !== undefined) onEvent(event);
  };
  const handler = { put, remove: () => undefined, keepOnly: () => undefined };
  const path = corePaths.events;
  return [new Reflector({ client, clock, random, onProblem, onSettled: () => undefined, path, handler })];
}

/** Asked once: these ranges hardly ever change, and older servers do not tell them. */
async function tellClusterRanges(client: ApiClient, options: ClusterWatchOptions): Promise<void> {
  try {
    const answer = await client.getJson({ path: corePaths.serviceCidrs });
    const cidrs = listAt(answer, 'items').flatMap((item) => textsAt(objectAt(item, 'spec'), 'cidrs'));
    if (cidrs.length > 0) options.onClusterRanges(cidrs);
  } catch (thrown) {
    const isOlder = thrown instanceof K8sError && thrown.status === 404;
    if (thrown instanceof K8sError && !isOlder) options.onProblem(thrown);
  }
}
