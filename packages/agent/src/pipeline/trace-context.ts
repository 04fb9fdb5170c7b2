export interface TraceContext {
  /** 32 lower-case hexadecimal digits, or empty. */
  readonly traceId: string;
  /** 16 of them: the span that the request names as its parent. */
  readonly spanId: string;
}

const none: TraceContext = { traceId: '', spanId: '' };
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/;
const hexadecimal = /^[0-9a-f]+$/;

/**
 * W3C `traceparent` first (Trace Context §3.2), then B3 as one header, then as several
 * (github.com/openzipkin/b3-propagation). Ids of zeros are no ids.
 */
export function readTraceContext(headers: ReadonlyMap<string, string>): TraceContext {
  const w3c = headers.get('traceparent');
  if (w3c !== undefined) {
    const [, traceId = '', spanId = ''] = traceparent.exec(w3c) ?? [];
    if (isId(traceId) && isId(spanId) && !w3c.startsWith('ff')) return { traceId, spanId };
  }
  const single = headers.get('b3');
  if (single !== undefined) {
    const [traceId = '', spanId = ''] = single.split('-', 2);
    return toB3(traceId, spanId);
  }
  const traceId = headers.get('x-b3-traceid');
  return traceId === undefined ? none : toB3(traceId, headers.get('x-b3-spanid') ?? '');
}

/** B3 allows trace ids of 64 bits: they are the lower half. */
function toB3(traceId: string, spanId: string): TraceContext {
  const trace = traceId.toLowerCase().trim();
  const span = spanId.toLowerCase().trim();
  const isWellFormed = (trace.length === 16 || trace.length === 32) && span.length === 16 && isId(trace) && isId(span);
  return isWellFormed ? { traceId: trace.padStart(32, '0'), spanId: span } : none;
}

function isId(text: string): boolean {
  return hexadecimal.test(text) && !/^0+$/.test(text);
}
