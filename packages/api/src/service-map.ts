import type { SqlRow } from './sql-runner.ts';

/** A service of the map, with what it was asked and what it asked others. */
export interface MapNode {
  /** Namespace and name; what `from` and `to` of an edge say. */
  readonly id: string;
  readonly k8s_namespace_name: string;
  readonly service_name: string;
  readonly asked: MapCounts;
  readonly asking: MapCounts;
}

export interface MapCounts {
  readonly request_count: number;
  readonly requests_per_second: number;
  readonly error_count: number;
}

export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  /** Rows of the view `edges`, each with the ids of its ends. */
  readonly edges: readonly SqlRow[];
}

type Sums = { -readonly [Name in keyof MapCounts]: MapCounts[Name] };
const nothing = (): Sums => ({ request_count: 0, requests_per_second: 0, error_count: 0 });
interface OpenNode extends Omit<MapNode, 'asked' | 'asking'> {
  readonly asked: Sums;
  readonly asking: Sums;
}

/** Puts together what the view `edges` says: an answer of its own could say something else. */
export function toServiceMap(rows: readonly SqlRow[]): ServiceMap {
  const nodes = new Map<string, OpenNode>();
  const edges = rows.map((row) => {
    const from = nodeOf(nodes, row['client_namespace_name'], row['client_service_name']);
    const to = nodeOf(nodes, row['server_namespace_name'], row['server_service_name']);
    add(from.asking, row);
    add(to.asked, row);
    return { from: from.id, to: to.id, ...row };
  });
  return { nodes: [...nodes.values()], edges };
}

function nodeOf(nodes: Map<string, OpenNode>, namespace: unknown, name: unknown): OpenNode {
  const [k8s_namespace_name, service_name] = [String(namespace ?? ''), String(name ?? '')];
  const id = `${k8s_namespace_name}/${service_name}`;
  const node = nodes.get(id) ?? { id, k8s_namespace_name, service_name, asked: nothing(), asking: nothing() };
  nodes.set(id, node);
  return node;
}

function add(sums: Sums, row: SqlRow): void {
  for (const name of ['request_count', 'requests_per_second', 'error_count'] as const)
    sums[name] += Number(row[name] ?? 0);
}
