import type { LossReason, ProtocolName, RequestOutcome } from '@tomte/model';

/** A direction of a connection: what the client wrote (requests), or what the server wrote (responses). */
export type Side = 'request' | 'response';

/** Why bytes of a stream are not there. */
export type GapReason = Extract<
  LossReason,
  | 'ring_full'
  | 'capture_limit'
  | 'read_fault'
  | 'governor'
  | 'reassembly_limit'
  | 'joined_late'
  | 'not_in_capture'
  | 'not_in_memory'
>;

/**
 * One request and its response as the bytes tell it. All times are nanoseconds on the source's time
 * line (see the agent's `EventSource`); a value that was not seen is null, never a guess.
 */
export interface Exchange {
  readonly protocol: ProtocolName;
  readonly protocolVersion: string;
  /** Position on the connection, from 0, in the order of the requests. */
  readonly index: number;
  readonly method: string;
  readonly host: string;
  /** Path and query as on the wire, not yet redacted, within `ParserLimits`. */
  readonly path: string;
  readonly query: string;
  readonly statusCode: number | null;
  readonly outcome: RequestOutcome;
  readonly requestStartNs: number;
  /** Last byte of the request. */
  readonly requestEndNs: number | null;
  /** First byte of the final response (interim 1xx responses do not count). */
  readonly responseStartNs: number | null;
  readonly responseEndNs: number | null;
  /** True sizes on the stream, bytes that were not captured included. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  /** Bytes inside the message that were lost (not those over the capture limit). */
  readonly requestMissingBytes: number;
  readonly responseMissingBytes: number;
  /** Empty when nothing is missing. */
  readonly missingReason: string;
  /** Messages with the same fields often share one map: nobody changes it, and it may be the key of a cache. */
  readonly requestHeaders: ReadonlyMap<string, string>;
  readonly responseHeaders: ReadonlyMap<string, string>;
  /** First bytes of the body after content decoding; latin1 or UTF-8 is not decided here. */
  readonly requestBody: Uint8Array;
  readonly responseBody: Uint8Array;
  /** Position of the request's first byte in the request stream. */
  readonly requestPosition: number;
  readonly attributes: ReadonlyMap<string, string>;
  /** True while it has no end: what `/requests?state=open` lists. Such an exchange is never stored. */
  readonly isOpen: boolean;
}

export interface ParserLimits {
  /** Body bytes kept, after decoding, per message. */
  readonly maxBodyBytes: number;
  /** Start line and headers of one message, together. */
  readonly maxHeaderBytes: number;
  /** Requests that wait for their response on one connection. */
  readonly maxPendingRequests: number;
  /** Bytes of path and of query that are kept. */
  readonly maxTargetBytes: number;
}

export interface ExchangeSink {
  exchange(exchange: Exchange): void;
  /** Something of the stream could not be told as an exchange: counted, never silent. */
  loss(loss: ParserLoss): void;
}

export interface ParserLoss {
  readonly reason: Extract<LossReason, 'parser_limit' | 'parser_resync'>;
  readonly side: Side;
  /** Position in that side's stream. */
  readonly position: number;
  readonly bytes: number;
  readonly detail: string;
}

/**
 * Decodes a content encoding within bounds: the room is pure, so the shell passes zlib in.
 * Returns at most `maxBytes` of the decoded prefix, or undefined when the bytes are not of that encoding.
 */
export type Decompress = (
  encoding: 'gzip' | 'deflate' | 'br' | 'zstd',
  bytes: Uint8Array,
  maxBytes: number,
) => Uint8Array | undefined;

export interface ParserOptions {
  readonly limits: ParserLimits;
  readonly decompress: Decompress;
  /** False when the connection was joined after its start: the first bytes may lie inside a message. */
  readonly fromStart: boolean;
}

/** How a side of a connection ended. */
export type StreamEnd = 'closed' | 'reset' | 'agent_stopped';

/** The parser of one connection. It never throws, whatever the bytes. */
export interface ConnectionParser {
  /** Contiguous bytes of one side; valid only during the call. `position` is that of the first byte. */
  push(side: Side, bytes: Uint8Array, position: number, atNs: number): void;
  /** Bytes that exist but are not there. The next push continues behind them. */
  gap(side: Side, bytes: number, position: number, gap: { reason: GapReason; atNs: number }): void;
  /** No more bytes on this side. */
  end(side: Side, how: StreamEnd, atNs: number): void;
  /** Time passes: what waits for longer than the limits allow is ended as timed_out. */
  expire(nowNs: number, olderThanNs: number): void;
  /** Exchanges without an end, oldest first, for live listing. */
  open(): readonly Exchange[];
  /** True once the bytes contradict the protocol for good, or it was upgraded away. */
  readonly isFinished: boolean;
  /** Bytes of memory held, roughly, for the agent's budget. */
  readonly heldBytes: number;
}

/** What the first bytes of the two directions say of a protocol. */
export type Recognition =
  | { readonly kind: 'yes'; readonly requestDirection: 0 | 1 }
  | { readonly kind: 'no' }
  | { readonly kind: 'need_more' };

export interface ProtocolParser {
  readonly name: ProtocolName;
  /** Looks at the first bytes of directions 0 and 1, either of which may be empty. */
  recognise(first: readonly [Uint8Array, Uint8Array]): Recognition;
  connect(options: ParserOptions, sink: ExchangeSink): ConnectionParser;
}
