import type { RequestOutcome } from '@tomte/model';
import type { Exchange, ParserOptions } from '../contract.ts';
import { decodeBody } from './body-decoding.ts';
import type { Head } from './head.ts';
import type { Message } from './message.ts';
import { parseTarget } from './target.ts';
import type { Target } from './target.ts';
import { toReadable } from './text.ts';
import type { Turn } from './turn.ts';

const emptyBytes = new Uint8Array(0);
const noHeaders: ReadonlyMap<string, string> = new Map();

/** What is known of a turn as the contract's record; undefined when not even its start line is. */
export function toExchange(
  turn: Turn,
  how: { outcome: RequestOutcome; isOpen: boolean },
  options: ParserOptions,
): Exchange | undefined {
  const { request, answer } = turn;
  const head = request.head;
  if (head?.line.kind !== 'request') return undefined;
  const attributes = new Map<string, string>();
  const target = parseTarget(head.line.method, head.line.target);
  describe(turn, target, attributes);
  const final = answer?.final;
  return {
    protocol: 'http',
    protocolVersion: head.line.version,
    index: turn.index,
    method: head.line.method,
    ...whereTo(head, target, options.limits.maxTargetBytes),
    statusCode: answer?.statusCode ?? null,
    ...how,
    requestStartNs: request.startNs,
    requestEndNs: request.endNs,
    responseStartNs: final?.startNs ?? null,
    responseEndNs: final?.endNs ?? null,
    requestBytes: request.sizeBytes,
    responseBytes: answer?.sizeBytes ?? 0,
    requestBodyBytes: request.bodyBytes,
    responseBodyBytes: final?.bodyBytes ?? 0,
    requestMissingBytes: request.missingBytes,
    responseMissingBytes: final?.missingBytes ?? 0,
    missingReason: request.missingReason || final?.missingReason || turn.reason,
    requestHeaders: head.headers,
    responseHeaders: final?.head?.headers ?? noHeaders,
    requestBody: bodyOf(request, 'request', attributes, options),
    responseBody: final === undefined ? emptyBytes : bodyOf(final, 'response', attributes, options),
    requestPosition: request.position,
    attributes,
  };
}

function whereTo(head: Head, target: Target, maxBytes: number): Pick<Exchange, 'host' | 'path' | 'query'> {
  return {
    host:
      target.authority === ''
        ? (head.headers.get('host') ?? '')
        : toReadable(target.authority.slice(0, maxBytes)),
    path: toReadable(target.path.slice(0, maxBytes)),
    query: toReadable(target.query.slice(0, maxBytes)),
  };
}

function bodyOf(
  message: Message,
  side: 'request' | 'response',
  attributes: Map<string, string>,
  options: ParserOptions,
): Uint8Array {
  const { bytes, stillEncoded } = decodeBody(message, options);
  if (stillEncoded !== '') attributes.set(`http.${side}.body.encoded`, stillEncoded);
  return bytes;
}

/** What only HTTP knows and no column holds. Names under `http.` where OpenTelemetry has none. */
function describe(turn: Turn, target: Target, attributes: Map<string, string>): void {
  const answer = turn.answer;
  if (target.form !== 'origin') attributes.set('http.request.target_form', target.form);
  describeMessage(turn.request, 'request', attributes);
  if (answer === undefined) return;
  if (answer.interimStatuses.length > 0)
    attributes.set('http.response.interim', answer.interimStatuses.join(','));
  const final = answer.final;
  if (final === undefined) return;
  describeMessage(final, 'response', attributes);
  const isTunnel =
    turn.method === 'CONNECT' && (answer.statusCode ?? 0) >= 200 && (answer.statusCode ?? 0) < 300;
  if (answer.statusCode === 101) attributes.set('http.upgrade', final.head?.headers.get('upgrade') ?? '');
  else if (isTunnel) attributes.set('http.upgrade', 'tunnel');
}

function describeMessage(
  message: Message,
  side: 'request' | 'response',
  attributes: Map<string, string>,
): void {
  const { head, trailers } = message;
  if (head === undefined) return;
  if (head.malformedLines > 0) attributes.set(`http.${side}.malformed_lines`, String(head.malformedLines));
  if (head.headers.has('transfer-encoding') && head.headers.has('content-length')) {
    attributes.set(`http.${side}.framing_conflict`, 'content-length, transfer-encoding');
  }
  if (message.isEndInferred) attributes.set(`http.${side}.end`, 'inferred');
  if (trailers === undefined) return;
  for (const [name, value] of trailers) attributes.set(`http.${side}.trailer.${name}`, value);
}
