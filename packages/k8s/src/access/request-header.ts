import type { Clock } from '@tomte/kit';
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

/** Keeps what is trusted up to date. While the API server is silent the last that it said stays. */
export class RequestHeaders {
  readonly #server: ApiClient;
  readonly #clock: Clock;
  #trust: RequestHeaderTrust;
  #stop: () => void = () => undefined;
  #onChange: () => void = () => undefined;

  private constructor(server: ApiClient, clock: Clock, trust: RequestHeaderTrust) {
    this.#server = server;
    this.#clock = clock;
    this.#trust = trust;
    this.#plan();
  }

  /** Throws a K8sError when the ConfigMap cannot be read now. */
  static async load(server: ApiServer, clock: Clock): Promise<RequestHeaders> {
    const client = new ApiClient(server, 1);
    return new RequestHeaders(client, clock, toTrust(await askOnce(client, PATH)));
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
    this.#stop();
    this.#server.close();
  }

  #plan(): void {
    this.#stop = this.#clock.after(REFRESH_MS, () => {
      void this.#refresh().finally(() => this.#plan());
    });
  }

  async #refresh(): Promise<void> {
    const trust = await askOnce(this.#server, PATH).then(toTrust, () => this.#trust);
    const isOther = trust.authorities !== this.#trust.authorities;
    this.#trust = trust;
    if (isOther) this.#onChange();
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
