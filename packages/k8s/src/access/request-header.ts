import { AppError, type Clock } from '@tomte/kit';
import { ApiClient, type ApiServer } from '../api/api-client.ts';
import { askOnce } from './ask-once.ts';
import type { Asker } from './asker.ts';

/** Each header with its values apart, by its name in lower case: a comma may stand in the name of a group. */
export type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** How the cluster's API server says to those behind it who asks, as it tells in a ConfigMap. */
export interface RequestHeaderTrust {
  /** Authorities (PEM) of its client certificate. */
  readonly authorities: string;
  /** Common names that may say so; empty: any that the authorities have signed. */
  readonly allowedNames: readonly string[];
  readonly userHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraPrefixes: readonly string[];
}

const PATH = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
/** Authorities are renewed long before the old ones end. */
const REFRESH_MS = 60_000;
const RETRY_MS = 5_000;

/**
 * Reads what is trusted, and keeps it up to date. Nobody is until it is known; while the API server is silent the last
 * that it said stays.
 */
export class RequestHeaders {
  readonly #server: ApiClient;
  readonly #clock: Clock;
  readonly #onProblem: (problem: AppError) => void;
  #trust: RequestHeaderTrust = toTrust(undefined);
  #stop: () => void = () => undefined;
  #isClosed = false;
  #onChange: () => void = () => undefined;
  /** Resolves after the first attempt to read it. */
  readonly read: Promise<void>;

  constructor(server: ApiServer, clock: Clock, onProblem: (problem: AppError) => void) {
    this.#server = new ApiClient(server, 1);
    this.#clock = clock;
    this.#onProblem = onProblem;
    this.read = this.#refresh();
  }

  authorities(): string {
    return this.#trust.authorities;
  }

  askerOf(commonName: string, headers: DistinctHeaders): Asker | undefined {
    return toRequestHeaderAsker(this.#trust, commonName, headers);
  }

  onChange(callback: () => void): void {
    this.#onChange = callback;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#server.close();
  }

  async #refresh(): Promise<void> {
    const before = this.#trust.authorities;
    try {
      this.#trust = toTrust(await askOnce(this.#server, PATH));
    } catch (thrown) {
      if (before === '' && !this.#isClosed) this.#onProblem(AppError.from(thrown, 'K8S_API_FAILED'));
    }
    if (this.#isClosed) return;
    if (this.#trust.authorities !== before) this.#onChange();
    const delayMs = this.#trust.authorities === '' ? RETRY_MS : REFRESH_MS;
    this.#stop = this.#clock.after(delayMs, () => void this.#refresh());
  }
}

/** Without an authority nothing can be verified, and nobody is trusted. */
function toTrust(configMap: unknown): RequestHeaderTrust {
  const data: Readonly<Record<string, unknown>> = { ...Object(Object(configMap).data) };
  const list = (name: string): readonly string[] => textsIn(data[`requestheader-${name}`]);
  const authorities = data['requestheader-client-ca-file'];
  return {
    authorities: typeof authorities === 'string' ? authorities : '',
    allowedNames: list('allowed-names'),
    userHeaders: list('username-headers'),
    uidHeaders: list('uid-headers'),
    groupHeaders: list('group-headers'),
    extraPrefixes: list('extra-headers-prefix'),
  };
}

function textsIn(json: unknown): readonly string[] {
  try {
    const values: unknown = typeof json === 'string' ? JSON.parse(json) : [];
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
  } catch {
    return [];
  }
}

/** Who the headers name, said by a certificate of this common name. */
export function toRequestHeaderAsker(
  trust: RequestHeaderTrust,
  commonName: string,
  headers: DistinctHeaders,
): Asker | undefined {
  const { allowedNames, userHeaders, uidHeaders, groupHeaders, extraPrefixes } = trust;
  if (trust.authorities === '') return undefined;
  if (allowedNames.length > 0 && !allowedNames.includes(commonName)) return undefined;
  const name = firstOf(headers, userHeaders);
  if (name === undefined) return undefined;
  return {
    name,
    uid: firstOf(headers, uidHeaders) ?? '',
    groups: groupHeaders.flatMap((header) => valuesOf(headers, header)),
    extra: extraOf(headers, extraPrefixes),
  };
}

function firstOf(headers: DistinctHeaders, names: readonly string[]): string | undefined {
  return names.flatMap((name) => valuesOf(headers, name)).find((value) => value !== '');
}

function valuesOf(headers: DistinctHeaders, name: string): readonly string[] {
  return headers[name.toLowerCase()] ?? [];
}

function extraOf(headers: DistinctHeaders, prefixes: readonly string[]): Asker['extra'] {
  const extra: Record<string, readonly string[]> = {};
  for (const prefix of prefixes.map((each) => each.toLowerCase())) {
    for (const name of Object.keys(headers)) {
      if (name.startsWith(prefix)) extra[unescaped(name.slice(prefix.length))] = valuesOf(headers, name);
    }
  }
  return extra;
}

/** Letters that a header's name cannot have are percent-encoded in it. */
function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
