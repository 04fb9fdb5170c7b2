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
  if (prefix === undefined) return ofParts('origin', '', target);
  const rest = target.slice(prefix.length);
  const end = rest.search(/[/?#]/);
  const authority = withoutUser(end < 0 ? rest : rest.slice(0, end));
  return ofParts('absolute', authority, end < 0 ? '' : rest.slice(end));
}

function ofParts(form: Target['form'], authority: string, text: string): Target {
  const at = text.indexOf('?');
  const path = at < 0 ? text : text.slice(0, at);
  const query = at < 0 ? '' : text.slice(at + 1);
  return { form, authority, path: path === '' ? '/' : path, query };
}

function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}
