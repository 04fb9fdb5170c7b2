import type { Row } from '../api/answer.ts';

/** A service, or all of a namespace. */
export interface MapNode {
  readonly id: string;
  readonly label: string;
  readonly namespace: string;
  /** How many services it stands for; 1 for a service itself. */
  readonly memberCount: number;
}

/** All requests from one node to another. */
export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly requestsPerSecond: number;
  readonly requestCount: number;
  readonly errorCount: number;
  /** The slowest of what it stands for; null when nothing was timed. */
  readonly p99Ns: number | null;
}

export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** Edges that were left out so that the rest can be read: the quietest. */
  readonly hiddenEdgeCount: number;
  /** Services that there are, drawn or not. */
  readonly serviceCount: number;
}

export interface MapChoice {
  /** A namespace is one node unless it is named here; `all` opens all. */
  readonly open: 'all' | ReadonlySet<string>;
  /** Only what has it in its name, and its neighbours. */
  readonly wanted: string;
  /** Only edges on which something failed. */
  readonly isFailing: boolean;
}

/** More than this cannot be read at once. */
export const MAX_EDGES = 160;
/** Up to this many services are drawn one by one without being asked for. */
const MAX_OPEN_SERVICES = 60;

interface End {
  readonly namespace: string;
  readonly service: string;
}
type EndName = 'client' | 'server';

const endOf = (row: Row, end: EndName): End => ({
  namespace: String(row[`${end}_namespace_name`] ?? ''),
  service: String(row[`${end}_service_name`] ?? ''),
});
const keyOf = ({ namespace, service }: End): string => `${namespace}/${service}`;

/** Whether the services are few enough to be drawn one by one. */
export function areFew(rows: readonly Row[]): boolean {
  return servicesOf(rows).size <= MAX_OPEN_SERVICES;
}

function servicesOf(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => [keyOf(endOf(row, 'client')), keyOf(endOf(row, 'server'))]));
}

/** Rows of the view `edges` as a graph that can be read. */
export function toGraph(rows: readonly Row[], choice: MapChoice): MapGraph {
  const wanted = choice.wanted.toLowerCase();
  const isWanted = (end: End): boolean => keyOf(end).toLowerCase().includes(wanted);
  const kept = rows.filter((row) => {
    if (choice.isFailing && Number(row['error_count']) === 0) return false;
    return wanted === '' || isWanted(endOf(row, 'client')) || isWanted(endOf(row, 'server'));
  });
  const edges = sumEdges(kept, choice);
  const shown = edges.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond).slice(0, MAX_EDGES);
  return {
    nodes: nodesOf(kept, shown, choice),
    edges: shown,
    hiddenEdgeCount: edges.length - shown.length,
    serviceCount: servicesOf(rows).size,
  };
}

function nodeIdOf(end: End, { open }: MapChoice): string {
  const isOpen = open === 'all' || end.namespace === '' || open.has(end.namespace);
  return isOpen ? keyOf(end) : end.namespace;
}

function sumEdges(rows: readonly Row[], choice: MapChoice): readonly MapEdge[] {
  const edges = new Map<string, MapEdge>();
  for (const row of rows) {
    const [from, to] = [nodeIdOf(endOf(row, 'client'), choice), nodeIdOf(endOf(row, 'server'), choice)];
    const key = JSON.stringify([from, to]);
    const before = edges.get(key) ?? {
      from,
      to,
      requestsPerSecond: 0,
      requestCount: 0,
      errorCount: 0,
      p99Ns: null,
    };
    const p99 = row['duration_p99_ns'];
    edges.set(key, {
      from,
      to,
      requestsPerSecond: before.requestsPerSecond + Number(row['requests_per_second']),
      requestCount: before.requestCount + Number(row['request_count']),
      errorCount: before.errorCount + Number(row['error_count']),
      p99Ns: typeof p99 === 'number' ? Math.max(before.p99Ns ?? 0, p99) : before.p99Ns,
    });
  }
  return [...edges.values()];
}

function nodesOf(rows: readonly Row[], edges: readonly MapEdge[], choice: MapChoice): readonly MapNode[] {
  const drawn = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const members = new Map<string, { namespace: string; services: Set<string> }>();
  for (const row of rows)
    for (const end of [endOf(row, 'client'), endOf(row, 'server')]) {
      const id = nodeIdOf(end, choice);
      const node = members.get(id) ?? { namespace: end.namespace, services: new Set() };
      node.services.add(end.service);
      members.set(id, node);
    }
  return [...members]
    .filter(([id]) => drawn.has(id))
    .map(([id, { namespace, services }]) => {
      const isService = id.includes('/');
      const [service = ''] = services;
      return {
        id,
        namespace,
        label: isService ? service : namespace,
        memberCount: isService ? 1 : services.size,
      };
    });
}

/** What asks a node, in all. */
export function askedOf(
  id: string,
  edges: readonly MapEdge[],
): { readonly rate: number; readonly errorRatio: number } {
  const asking = edges.filter(({ to }) => to === id);
  const count = asking.reduce((sum, { requestCount }) => sum + requestCount, 0);
  const errors = asking.reduce((sum, { errorCount }) => sum + errorCount, 0);
  return {
    rate: asking.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0),
    errorRatio: count === 0 ? 0 : errors / count,
  };
}
