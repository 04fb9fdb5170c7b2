import type { Recognition } from '../contract.ts';
import { beginsRequestLine, beginsStatusLine } from './start-line-prefix.ts';

const no: Recognition = { kind: 'no' };
const needMore: Recognition = { kind: 'need_more' };
const requestsIn: readonly [Recognition, Recognition] = [
  { kind: 'yes', requestDirection: 0 },
  { kind: 'yes', requestDirection: 1 },
];

/** What one direction says: a request line, a status line, neither, or not yet. */
function look(bytes: Uint8Array): 'request' | 'response' | 'neither' | 'open' {
  let start = 0;
  while (start < bytes.length && (bytes[start] === 13 || bytes[start] === 10)) start += 1;
  const first = start === 0 ? bytes : bytes.subarray(start);
  if (first.length === 0) return 'open';
  const response = beginsStatusLine(first);
  if (response === 'yes') return 'response';
  const request = beginsRequestLine(first);
  if (request === 'yes') return 'request';
  return request === 'no' && response === 'no' ? 'neither' : 'open';
}

/**
 * HTTP/1.x by a request line (any method token) in one direction or a status line in the other. One
 * clear line is enough, since the other direction may have been joined inside a body; two lines that
 * contradict each other are not HTTP.
 */
export function recognise(first: readonly [Uint8Array, Uint8Array]): Recognition {
  const zero = look(first[0]);
  const one = look(first[1]);
  if (zero === one && (zero === 'request' || zero === 'response')) return no;
  if (zero === 'request' || one === 'response') return requestsIn[0];
  if (one === 'request' || zero === 'response') return requestsIn[1];
  return zero === 'neither' || one === 'neither' ? no : needMore;
}
