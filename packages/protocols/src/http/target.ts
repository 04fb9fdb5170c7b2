export interface Target {
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk';
  /** Authority that the target names, without user and password; empty when it names none. */
  readonly authority: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/** The four forms of RFC 9112 §3.2. */
export function parseTarget(method: string, target: string): Target {
  if (method === 'CONNECT') return { form: 'authority', authority: withoutUser(target), path: '', query: '' };
  if (target === '*') return { form: 'asterisk', authority: '', path: '*', query: '' };
  const prefix = target.startsWith('/') ? undefined : scheme.exec(target)?.[0];
  if (prefix === undefined) return { form: 'origin', authority: '', ...splitQuery(target) };
  const rest = target.slice(prefix.length);
  const end = rest.search(/[/?#]/);
  const authority = withoutUser(end < 0 ? rest : rest.slice(0, end));
  return { form: 'absolute', authority, ...splitQuery(end < 0 ? '' : rest.slice(end)) };
}

function splitQuery(text: string): { path: string; query: string } {
  const at = text.indexOf('?');
  const path = at < 0 ? text : text.slice(0, at);
  return { path: path === '' ? '/' : path, query: at < 0 ? '' : text.slice(at + 1) };
}

function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}
