import { isInterimStatus, none, tunnel } from './framing.ts';
import type { Framing } from './framing.ts';
import type { Head } from './head.ts';

export function requestFraming(head: Head): Framing {
  return head.fields.framings.ofRequest;
}

/**
 * §6.3 rules 1–8 for responses. `method` is undefined when the request was not seen: then nobody can tell
 * a response to HEAD by its head, and the reader looks at what follows.
 */
export function responseFraming(head: Head, method: string | undefined): Framing {
  const statusCode = head.line.kind === 'response' ? head.line.statusCode : 0;
  if (statusCode === 101) return tunnel;
  if (isInterimStatus(statusCode) || statusCode === 204 || statusCode === 304 || method === 'HEAD')
    return none;
  if (method === 'CONNECT' && statusCode < 300) return tunnel;
  return head.fields.framings.ofResponse;
}
