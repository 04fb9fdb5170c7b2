import type { RequestOutcome } from '@tomte/model';
import type { Exchange, ParserOptions } from '../contract.ts';
import { attributesOf } from './attributes.ts';
import { decodeBody } from './body-decoding.ts';
import type { DecodedBody } from './body-decoding.ts';
import { parseTarget } from './target.ts';
import { toReadable } from './text.ts';
import type { Turn } from './turn.ts';

const nothing: DecodedBody = { bytes: new Uint8Array(0), stillEncoded: '' };
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
  const { maxTargetBytes } = options.limits;
  const target = parseTarget(head.line.method, head.line.target);
  const { headers } = head.fields;
  const final = answer?.final;
  const requestBody = decodeBody(request, options);
  const responseBody = final === undefined ? nothing : decodeBody(final, options);
  const encoded = { request: requestBody.stillEncoded, response: responseBody.stillEncoded };
  return {
    protocol: 'http',
    protocolVersion: head.line.version,
    index: turn.index,
    method: head.line.method,
    host: target.authority === '' ? (headers.get('host') ?? '') : readable(target.authority, maxTargetBytes),
    path: readable(target.path, maxTargetBytes),
    query: readable(target.query, maxTargetBytes),
    statusCode: answer?.statusCode ?? null,
    outcome: how.outcome,
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
    requestHeaders: headers,
    responseHeaders: final?.head?.fields.headers ?? noHeaders,
    requestBody: requestBody.bytes,
    responseBody: responseBody.bytes,
    requestPosition: request.position,
    attributes: attributesOf(turn, target.form, encoded),
    isOpen: how.isOpen,
  };
}

function readable(byteText: string, maxBytes: number): string {
  return toReadable(byteText.length > maxBytes ? byteText.slice(0, maxBytes) : byteText);
}
