/** Who asks whom in the shop, and how: each visit of a kind goes its whole way. */
export const namespace = 'shop';

/** The five services, and the shopper who asks them. */
export const services = ['front', 'cart', 'catalog', 'pricing', 'payment'] as const;
export type ServiceName = (typeof services)[number];
export type Name = ServiceName | 'shopper';

export interface Visit {
  /** Where the shopper begins. */
  readonly url: string;
  /** A prime, so that no sum of others looks like it. */
  readonly count: number;
  /** Requests that one such visit makes, as `client server` with `tls` where they are encrypted. */
  readonly edges: readonly (readonly [Name, ServiceName, 'tls' | 'plain'])[];
}

export const visits: readonly Visit[] = [
  {
    url: 'https://front:8443/buy',
    count: 101,
    edges: [
      ['shopper', 'front', 'tls'],
      ['front', 'cart', 'plain'],
      ['cart', 'catalog', 'plain'],
      ['cart', 'pricing', 'plain'],
      ['pricing', 'payment', 'tls'],
    ],
  },
  { url: 'http://catalog:8080/browse', count: 53, edges: [['shopper', 'catalog', 'plain']] },
  {
    url: 'http://pricing:8080/quote',
    count: 31,
    edges: [
      ['shopper', 'pricing', 'plain'],
      ['pricing', 'payment', 'tls'],
    ],
  },
  { url: 'https://payment:8443/refund', count: 17, edges: [['shopper', 'payment', 'tls']] },
];

/** How often each edge is passed, as `client server tls|plain` → requests. */
export function edgeTruth(): ReadonlyMap<string, number> {
  const truth = new Map<string, number>();
  for (const { count, edges } of visits) {
    for (const edge of edges) truth.set(edge.join(' '), (truth.get(edge.join(' ')) ?? 0) + count);
  }
  return truth;
}

/** How many requests each service answers. */
export function serviceTruth(): ReadonlyMap<ServiceName, number> {
  const truth = new Map<ServiceName, number>();
  for (const { count, edges } of visits) {
    for (const [, server] of edges) truth.set(server, (truth.get(server) ?? 0) + count);
  }
  return truth;
}
