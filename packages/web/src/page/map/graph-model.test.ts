import { describe, expect, it } from 'vitest';
import { areFew, askedOf, MAX_EDGES, toGraph } from './graph-model.ts';

const all = { open: 'all', wanted: '', isFailing: false } as const;

function edge(from: string, to: string, requests = 10, errors = 0) {
  const [clientNamespace, client] = from.split('/');
  const [serverNamespace, server] = to.split('/');
  return {
    client_namespace_name: clientNamespace,
    client_service_name: client,
    server_namespace_name: serverNamespace,
    server_service_name: server,
    requests_per_second: requests,
    request_count: requests,
    error_count: errors,
    duration_p99_ns: requests * 1_000,
  };
}

const rows = [
  edge('web/front', 'shop/cart', 30, 3),
  edge('web/front', 'shop/pay', 10),
  edge('shop/cart', 'shop/pay', 5),
];

describe('a map', () => {
  it('has a node for each service', () => {
    const graph = toGraph(rows, all);
    expect(graph.nodes.map(({ id }) => id)).toEqual(['web/front', 'shop/cart', 'shop/pay']);
    expect([graph.edges.length, graph.hiddenEdgeCount, graph.serviceCount]).toEqual([3, 0, 3]);
  });

  it('sums edges between namespaces, and opens one of them', () => {
    const closed = toGraph(rows, { ...all, open: new Set<string>() });
    expect(closed.nodes.map(({ label, memberCount }) => [label, memberCount])).toEqual([
      ['web', 1],
      ['shop', 2],
    ]);
    expect(closed.edges[0]).toEqual({
      from: 'web',
      to: 'shop',
      requestsPerSecond: 40,
      requestCount: 40,
      errorCount: 3,
      p99Ns: 30_000,
    });
    const open = toGraph(rows, { ...all, open: new Set(['shop']) });
    expect(open.nodes.map(({ id }) => id)).toEqual(['web', 'shop/cart', 'shop/pay']);
  });

  it('keeps what is looked for with its neighbours, and what fails', () => {
    expect(toGraph(rows, { ...all, wanted: 'CART' }).edges).toHaveLength(2);
    expect(toGraph(rows, { ...all, isFailing: true }).edges).toHaveLength(1);
  });

  it('says how often a node is asked, and how often that fails', () => {
    expect(askedOf('shop/cart', toGraph(rows, all).edges)).toEqual({ rate: 30, errorRatio: 0.1 });
  });

  it('leaves out the quietest edges of too many, and counts them', () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      edge(`n${index % 7}/a${index % 90}`, `m/b${index}`, index + 1),
    );
    expect(areFew(many)).toBe(false);
    const graph = toGraph(many, all);
    expect([graph.edges.length, graph.hiddenEdgeCount]).toEqual([MAX_EDGES, 5_000 - MAX_EDGES]);
    expect(Math.min(...graph.edges.map(({ requestsPerSecond }) => requestsPerSecond))).toBe(
      5_001 - MAX_EDGES,
    );
    expect(toGraph(many, { ...all, open: new Set<string>() }).nodes).toHaveLength(8);
  });
});
