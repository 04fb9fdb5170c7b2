import type { Clock } from '@tomte/kit';
import type { ClusterAccess } from './access/cluster-access.ts';
import type { FrontProxy } from './aggregated/front-proxy.ts';
import type { SqlRunner } from './sql-runner.ts';

export interface ApiLimits {
  /** Questions that run at once, and that wait for their turn. */
  readonly concurrentQueries: number;
  readonly waitingQueries: number;
  readonly queryTimeoutMs: number;
  readonly bodyBytes: number;
  /** Of answers that their askers have not taken yet, together. */
  readonly unsentBytes: number;
  /** Rows of POST /api/v1/sql, by default and at most. */
  readonly sqlDefaultRows: number;
  readonly sqlMaxRows: number;
}

export const defaultLimits: ApiLimits = {
  concurrentQueries: 16,
  waitingQueries: 64,
  queryTimeoutMs: 30_000,
  bodyBytes: 262_144,
  unsentBytes: 256 * 1024 * 1024,
  sqlDefaultRows: 10_000,
  sqlMaxRows: 100_000,
};

/** What the API says of itself while it runs. */
export interface ApiEvent {
  readonly kind: 'request_failed';
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code: string;
  readonly error: Error;
}

/** PEM. */
export interface ServingCredentials {
  readonly certificate: string | Buffer;
  readonly privateKey: string | Buffer;
}

/** The API as a part of a cluster's own: behind its API server, at a port of its own. */
export interface AggregatedOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly credentials: ServingCredentials;
  /** Told once to whom renewed credentials are given. */
  readonly onRenewed?: (take: (renewed: ServingCredentials) => void) => void;
  readonly frontProxy: FrontProxy;
}

export interface ApiOptions {
  readonly sql: SqlRunner;
  readonly clock: Clock;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Its bearer sees everything. It, or a cluster, is needed wherever `host` is not a loopback address. */
  readonly token?: string | undefined;
  /** Given, its people and service accounts may ask too, and see what they may see there. */
  readonly cluster?: ClusterAccess | undefined;
  /** Needs `cluster`. */
  readonly aggregated?: AggregatedOptions | undefined;
  /** Base URLs of the agents' own endpoints, for requests that are still open. */
  readonly agentUrls?: (() => readonly string[]) | undefined;
  /** Folder of the built web page; without one there is no page. */
  readonly pageFolder?: string | undefined;
  readonly version?: string | undefined;
  readonly limits?: Partial<ApiLimits> | undefined;
  readonly emit?: ((event: ApiEvent) => void) | undefined;
}
