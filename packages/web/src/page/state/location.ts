import { useEffect, useState } from 'preact/hooks';

/** What the page shows: all of it stands in the part of the address behind `#`, which no server sees. */
export interface Place {
  readonly page: string;
  readonly query: URLSearchParams;
}

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export function readPlace(hash: string): Place {
  const [page = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { page: decodeURIComponent(page), query: new URLSearchParams(query) };
}

/** Parameters of every page, which a link from one to another keeps. */
const COMMON = ['from', 'to', 'every'];

/** The address of another page, with the time range of this one. */
export function linkTo(page: string, query: Query = {}, here: Place = readPlace(location.hash)): string {
  const next = new URLSearchParams();
  for (const name of COMMON) {
    const value = here.query.get(name);
    if (value !== null) next.set(name, value);
  }
  put(next, query);
  return toHash(page, next);
}

/** The address of this page with some parameters changed; undefined takes one away. */
export function changed(query: Query, here: Place = readPlace(location.hash)): string {
  const next = new URLSearchParams(here.query);
  put(next, query);
  return toHash(here.page, next);
}

function put(target: URLSearchParams, query: Query): void {
  for (const [name, value] of Object.entries(query)) {
    target.delete(name);
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) target.append(name, one);
  }
}

function toHash(page: string, query: URLSearchParams): string {
  const text = query.toString();
  return `#/${page}${text === '' ? '' : `?${text}`}`;
}

/** Goes there; `replace` leaves no step behind for the browser's Back. */
export function go(hash: string, how: 'push' | 'replace' = 'push'): void {
  if (hash === location.hash) return;
  if (how === 'push') {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return readPlace(hash);
}
