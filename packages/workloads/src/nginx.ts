import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from './certificates.ts';
import type { Launcher, LaunchedProgram } from './launch.ts';
import { findFreePort } from './ports.ts';
import { waitForPort } from './wait-for-port.ts';

export interface NginxOptions {
  readonly launcher: Launcher;
  /** An empty folder of its own. */
  readonly directory: string;
  /** Port of the service behind /api/; without one, /api/ is not served. */
  readonly upstreamPort?: number;
  /** The same for /orders/. */
  readonly ordersPort?: number;
  readonly workers?: number;
  /** Lines are written at once, or buffered where the cost of logging would disturb a measurement. */
  readonly bufferLog?: boolean;
  /**
   * It runs before every ordinary process (SCHED_FIFO). nginx reads its clock once a turn of its loop: where its
   * times are to be compared, others must not hold it up in between.
   */
  readonly isRealTime?: boolean;
}

export interface Nginx {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificate: string;
  readonly accessLog: string;
  readonly program: LaunchedProgram;
}

/** Bodies pass as they come, or they would move at the speed of memory between nginx and the service. */
const AT_THE_CLIENTS_PACE = 'proxy_request_buffering off; proxy_buffering off;';
/** The shell becomes the program; where the kernel refuses, it runs as any other. */
const REAL_TIME = ['sh', '-c', 'chrt --fifo --pid 1 $$; exec "$@"', 'sh'];
const PAGE_BYTES = 10_240;
const LARGE_BYTES = 10 * 1024 * 1024;
const TINY_BYTES = 100;

/** Debian's nginx, unmodified, on two loopback ports: plain and TLS. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const { directory } = options;
  mkdirSync(join(directory, 'www'), { recursive: true });
  mkdirSync(join(directory, 'tmp'), { recursive: true });
  const files = makeCertificate(directory);
  writeFileSync(join(directory, 'www/page.html'), textOf(PAGE_BYTES));
  writeFileSync(join(directory, 'www/large.bin'), randomBytes(LARGE_BYTES));
  const ports = { http: await findFreePort(), https: await findFreePort() };
  const accessLog = join(directory, 'access.log');
  writeFileSync(join(directory, 'nginx.conf'), configuration(options, ports, { ...files, accessLog }));
  const args = ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error.log')];
  const [command = '', ...rest] = [...(options.isRealTime === true ? REAL_TIME : []), 'nginx', ...args];
  const program = await options.launcher.start(command, rest, { outputFile: join(directory, 'nginx.out') });
  await waitForPort(ports.http);
  await waitForPort(ports.https);
  return { httpPort: ports.http, httpsPort: ports.https, certificate: files.certificate, accessLog, program };
}

function textOf(bytes: number): string {
  const line = 'A house spirit looks after the cattle at night and asks for porridge.\n';
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
}

/** One JSON object a line; `$request_time` has milliseconds only. */
const LOG_FORMAT = [
  '{"time":$msec,"seconds":$request_time,"scheme":"$scheme","method":"$request_method","target":"$request_uri"',
  '"status":$status,"requestBytes":$request_length,"responseBytes":$bytes_sent,"bodyBytes":$body_bytes_sent',
  '"peer":"$remote_addr:$remote_port","connection":$connection,"nonce":"$arg_n"}',
].join(',');

function configuration(
  options: NginxOptions,
  ports: { http: number; https: number },
  files: { certificate: string; key: string; accessLog: string },
): string {
  const upstreams = Object.entries({ api: options.upstreamPort, orders: options.ordersPort }).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(options.directory, 'tmp', name)};`)
    .join('\n');
  return `daemon off;
user root;
worker_processes ${options.workers ?? 1};
pid ${join(options.directory, 'nginx.pid')};
events { worker_connections 4096; }
http {
${temporary}
  log_format facts escape=json '${LOG_FORMAT}';
  access_log ${files.accessLog} facts${options.bufferLog === true ? ' buffer=64k flush=1s' : ''};
  default_type text/plain;
  types { text/html html; }
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_max_body_size 64m;
  ssl_certificate ${files.certificate};
  ssl_certificate_key ${files.key};
${upstreams.map(([name, port]) => `  upstream ${name} { server 127.0.0.1:${port}; keepalive 16; }\n`).join('')}  server {
    listen 127.0.0.1:${ports.http} backlog=4096;
    listen 127.0.0.1:${ports.https} ssl backlog=4096;
    root ${join(options.directory, 'www')};
    location = /tiny { return 200 "${'t'.repeat(TINY_BYTES)}"; }
    location = /page { try_files /page.html =404; }
    location = /zipped { gzip on; gzip_min_length 1; gzip_types *; try_files /page.html =404; }
    location = /large { try_files /large.bin =404; }
    location = /error { return 500 "broken on purpose"; }
    location = /moved { return 302 /tiny; }
    location = /empty { return 204; }
${upstreams.map(([name]) => `    location /${name}/ { proxy_http_version 1.1; proxy_set_header Connection ""; ${AT_THE_CLIENTS_PACE} proxy_pass http://${name}; }\n`).join('')}  }
}
`;
}
