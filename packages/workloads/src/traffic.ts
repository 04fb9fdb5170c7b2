import { join } from 'node:path';
import type { Launcher, LaunchedProgram } from './launch.ts';
import type { Nginx } from './nginx.ts';
import { assetPath } from './python-service.ts';

export interface TrafficOptions {
  readonly launcher: Launcher;
  readonly directory: string;
  readonly nginx: Nginx;
  /** Starts every nonce; letters only. */
  readonly prefix: string;
  /** Requests to each of the two ports. */
  readonly count: number;
  /** Connections to each of the two ports. */
  readonly connections: number;
  /** Requests a second over all; 0 is as fast as it can. */
  readonly ratePerSecond: number;
  readonly hasUpstream: boolean;
  /** Where the TLS secrets of its connections go, for tools that read captures (SSLKEYLOGFILE). */
  readonly keyLog?: string;
}

/** The Python client with traffic of every kind. */
export function startTraffic(options: TrafficOptions): Promise<LaunchedProgram> {
  const { nginx } = options;
  const numbers = [options.count, options.connections, options.ratePerSecond].map(String);
  return options.launcher.start(
    'python3',
    [
      assetPath('traffic.py'),
      String(nginx.httpPort),
      String(nginx.httpsPort),
      nginx.certificate,
      options.prefix,
    ]
      .concat(numbers)
      .concat([join(options.directory, `${options.prefix}.client.log`)])
      .concat(options.hasUpstream ? ['upstream'] : []),
    { outputFile: join(options.directory, `${options.prefix}.client.out`), ...keyLogTo(options.keyLog) },
  );
}

export interface CurlOptions {
  readonly launcher: Launcher;
  readonly directory: string;
  readonly nginx: Nginx;
  readonly prefix: string;
  readonly scheme: 'http' | 'https';
  readonly targets: readonly string[];
  /** Arguments that hold for each target, such as -T FILE. */
  readonly args?: readonly string[];
  readonly keyLog?: string;
}

/** One curl process that asks for all targets over one connection. */
export function startCurl(options: CurlOptions): Promise<LaunchedProgram> {
  const port = options.scheme === 'https' ? options.nginx.httpsPort : options.nginx.httpPort;
  const urls = options.targets.map(
    (target, index) => `${options.scheme}://localhost:${port}${target}?n=${options.prefix}${index}`,
  );
  return options.launcher.start(
    'curl',
    ['-sS', '--http1.1', '--ipv4', '--cacert', options.nginx.certificate]
      .concat(options.args ?? [])
      .concat(urls.flatMap((url) => ['-o', '/dev/null', url])),
    { outputFile: join(options.directory, `${options.prefix}.curl.out`), ...keyLogTo(options.keyLog) },
  );
}

export interface WrkOptions {
  readonly launcher: Launcher;
  readonly directory: string;
  readonly nginx: Nginx;
  readonly prefix: string;
  readonly scheme: 'http' | 'https';
  readonly path: string;
  readonly connections: number;
  /** With `exactly` a time-out only. */
  readonly seconds: number;
  /** So many requests, each connection one every `thinkMs`; nothing is in flight at the end. */
  readonly exactly?: { readonly requests: number; readonly thinkMs: number };
}

/** wrk with a nonce in each request. Without `exactly`, what is in flight at its end is cut off. */
export function startWrk(options: WrkOptions): Promise<LaunchedProgram> {
  const port = options.scheme === 'https' ? options.nginx.httpsPort : options.nginx.httpPort;
  return options.launcher.start(
    'wrk',
    ['-t1', `-c${options.connections}`, `-d${options.seconds}s`, '-s', assetPath('wrk.lua')].concat([
      `${options.scheme}://127.0.0.1:${port}${options.path}`,
      '--',
      options.prefix,
      ...(options.exactly === undefined
        ? []
        : [options.exactly.requests, options.exactly.thinkMs].map(String)),
    ]),
    { outputFile: join(options.directory, `${options.prefix}.wrk.out`) },
  );
}

function keyLogTo(file: string | undefined): { readonly env?: Record<string, string> } {
  return file === undefined ? {} : { env: { SSLKEYLOGFILE: file } };
}
