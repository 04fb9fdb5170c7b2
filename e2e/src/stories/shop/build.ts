import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@tomte/workloads';
import type { Cluster, Manifest } from '../../cluster/cluster.ts';
import { service, workload, type WorkloadOptions } from '../../cluster/workload.ts';
import { namespace, type ServiceName, services } from './plan.ts';

const secret = 'shop-tls';
const configuration = 'nginx';
const certificates = { '/etc/shop/tls': secret };

/** Two nginx that speak TLS, and a service each in Go, Node and Python; some on each node. */
export async function buildShop(cluster: Cluster): Promise<void> {
  await cluster.freshNamespace(namespace);
  await cluster.apply(makeSecret(), nginxConfiguration());
  const { controlPlane, worker } = cluster;
  const python = ['python3', '/opt/services/python-service.py'];
  await cluster.apply(
    ...pair('front', { command: nginx('front'), node: worker, port: 8443 }),
    ...pair('cart', {
      command: ['go-service'],
      node: controlPlane,
      env: { CALLS: 'http://catalog:8080 http://pricing:8080' },
    }),
    ...pair('catalog', { command: ['node', '/opt/services/node-service.mjs'], node: worker }),
    ...pair('pricing', {
      command: python,
      node: controlPlane,
      env: { CALLS: 'https://payment:8443', TLS_CA: '/etc/shop/tls/ca.crt' },
    }),
    ...pair('payment', { command: nginx('payment'), node: worker, port: 8443 }),
    workload({
      namespace,
      name: 'shopper',
      command: ['sleep', 'infinity'],
      node: controlPlane,
      secrets: certificates,
    }),
  );
  for (const name of [...services, 'shopper']) await cluster.rolledOut(namespace, `deployment/${name}`);
  for (const name of ['shopper', 'front', 'cart', 'pricing'])
    await cluster.reaches({ namespace, pod: `deployment/${name}` }, ...ports);
}

const ports = ['front 8443', 'cart 8080', 'catalog 8080', 'pricing 8080', 'payment 8443'];

type Parts = Pick<WorkloadOptions, 'command' | 'node' | 'env' | 'port'>;

function pair(name: ServiceName, parts: Parts): readonly Manifest[] {
  const port = parts.port ?? 8080;
  const options = {
    namespace,
    name,
    secrets: certificates,
    configMaps: { '/etc/shop/nginx': configuration },
  };
  return [workload({ ...options, ...parts, port }), service({ namespace, name, port })];
}

function nginx(name: string): readonly string[] {
  return ['nginx', '-c', `/etc/shop/nginx/${name}.conf`, '-g', 'daemon off;'];
}

function nginxConfiguration(): Manifest {
  const data = {
    'front.conf': nginxFile('proxy_pass http://cart:8080;'),
    'payment.conf': nginxFile(String.raw`return 200 "paid\n";`),
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: configuration }, data };
}

/** Its log has a line of JSON for each request, as the other services'. */
function nginxFile(location: string): string {
  const line = '{"method":"$request_method","path":"$request_uri","status":$status,"peer":"$remote_addr"}';
  return `
pid /tmp/nginx.pid;
error_log stderr;
worker_processes 2;
events {}
http {
  log_format line escape=json '${line}';
  access_log /dev/stdout line;
  server {
    listen 8443 ssl;
    ssl_certificate /etc/shop/tls/tls.crt;
    ssl_certificate_key /etc/shop/tls/tls.key;
    location / { ${location} }
  }
}
`;
}

/** A certificate for both who speak TLS; it signs itself, so that whoever trusts it asks either. */
function makeSecret(): Manifest {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-shop-'));
  try {
    const { certificate, key } = makeCertificate(folder, ['front', 'payment']);
    const pem = readFileSync(certificate, 'utf8');
    const stringData = { 'ca.crt': pem, 'tls.crt': pem, 'tls.key': readFileSync(key, 'utf8') };
    return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: secret }, stringData };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
