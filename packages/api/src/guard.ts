import type { AppError } from '@tomte/kit';
import { apiError } from './errors.ts';

/** What the guard looks at: header values as Node gives them. */
export interface Headers {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly authorization?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** Names and addresses on which the API may listen without a token. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1';
}

/**
 * Without a token and a cluster (loopback only) programs of this machine may ask, and pages that the API itself
 * served. A foreign page in a browser on this machine would reach the port: by its own origin (refused by Origin and
 * Sec-Fetch-Site), or by a name of its own that suddenly means 127.0.0.1 (DNS rebinding, refused by Host).
 */
export function refuseForeign(headers: Headers): AppError | undefined {
  const foreignHost = refuseForeignHost(headers);
  if (foreignHost !== undefined) return foreignHost;
  const host = headers.host ?? '';
  const isOtherOrigin =
    headers.origin !== undefined && headers.origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  const site = headers['sec-fetch-site'] ?? 'none';
  if (!isOtherOrigin && (site === 'none' || site === 'same-origin')) return undefined;
  const remedy = 'Pages of other origins may not ask; start the API with a token for programs that send one.';
  return apiError('API_ORIGIN_REFUSED', 'the request comes from a page of another origin', {
    family: 'user',
    remedy,
  });
}

/** The part of it about Host alone. */
export function refuseForeignHost({ host = '' }: Headers): AppError | undefined {
  if (LOOPBACK_HOST.test(host)) return undefined;
  const remedy = 'Ask by localhost, 127.0.0.1 or [::1], or start the API with a token.';
  return apiError('API_HOST_REFUSED', 'the Host header does not name this machine', {
    family: 'user',
    remedy,
  });
}
