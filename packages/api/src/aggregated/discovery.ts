import type { FastifyInstance } from 'fastify';
import { ownAddresses } from '../routes/view-routes.ts';
import { GROUP, VERSION } from './address.ts';

const groupVersion = `${GROUP}/${VERSION}`;

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const toKind = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** What rights are given on: each address is a resource, in a namespace or in all of them. */
const resources: readonly Resource[] = [
  ...ownAddresses.map((name) => ({
    name,
    kind: toKind(name),
    verbs: name === 'requests' ? ['get', 'list'] : ['list'],
  })),
  { name: 'views', kind: 'View', verbs: ['get', 'list'] },
  ...['map', 'complete', 'schemas'].map((name) => ({ name, kind: toKind(name), verbs: ['list'] })),
  { name: 'sql', kind: 'Sql', verbs: ['create'] },
];

const group = {
  kind: 'APIGroup',
  apiVersion: 'v1',
  name: GROUP,
  versions: [{ groupVersion, version: VERSION }],
  preferredVersion: { groupVersion, version: VERSION },
};

const config = { access: 'catalogue' } as const;
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The documents by which a cluster, and kubectl, find out what there is. */
export function discoveryRoutes(app: FastifyInstance, version: string): void {
  const schema = { hide: true };
  app.get('/apis', { schema, config }, (request, reply) => {
    const isAggregated = /as=APIGroupDiscoveryList/.test(request.headers.accept ?? '');
    if (!isAggregated) return { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] };
    return reply.header('content-type', AGGREGATED).send(aggregatedDiscovery());
  });
  app.get(`/apis/${GROUP}`, { schema, config }, () => group);
  app.get(`/apis/${GROUP}/${VERSION}`, { schema, config }, () => ({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: resources.map(({ name, kind, verbs }) => ({
      name,
      singularName: name,
      namespaced: true,
      kind,
      verbs,
    })),
  }));
  // No kind of ours can be written, so there is nothing that kubectl could check: what can be asked is `…/openapi`.
  app.get('/openapi/v2', { schema, config }, () => ({
    swagger: '2.0',
    info: { title: 'Tomte', version },
    paths: {},
    definitions: {},
  }));
  app.get('/openapi/v3', { schema, config }, () => ({ paths: {} }));
}

function aggregatedDiscovery(): object {
  const scope = 'Namespaced';
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [
      {
        metadata: { name: GROUP },
        versions: [
          {
            version: VERSION,
            freshness: 'Current',
            resources: resources.map(({ name, kind, verbs }) => ({
              resource: name,
              responseKind: { group: GROUP, version: VERSION, kind },
              scope,
              singularResource: name,
              verbs,
            })),
          },
        ],
      },
    ],
  };
}
