export interface TraceContext {
  /** 32 lower-case hexadecimal digits, or empty. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, or empty. */
  readonly spanId: string;
}

const absent: TraceContext = { traceId: '', spanId: '' };
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const b3Single = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-[01d](?:-[0-9a-f]{16})?)?$/;
const b3Trace = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/;
const b3Span = /^[0-9a-f]{16}$/;
const zeros = /^0*$/;

/**
 * Trace and parent span that a request's headers name (lower-case names): W3C `traceparent` first
 * (https://www.w3.org/TR/trace-context/), then B3 in one header, then B3 in several
 * (https://github.com/openzipkin/b3-propagation). What is malformed counts as absent.
 */
export function readTraceContext(headers: ReadonlyMap<string, string>): TraceContext {
  return (
    fromTraceparent(headers.get('traceparent')) ??
    fromB3Single(headers.get('b3')) ??
    fromB3Multiple(headers.get('x-b3-traceid'), headers.get('x-b3-spanid')) ??
    absent
  );
}

function fromTraceparent(value: string | undefined): TraceContext | undefined {
  if (value === undefined) return undefined;
  const [, version, traceId, spanId, more] = traceparent.exec(value.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return contextOf(traceId, spanId);
}

function fromB3Single(value: string | undefined): TraceContext | undefined {
  if (value === undefined) return undefined;
  const [, traceId, spanId] = b3Single.exec(value.trim().toLowerCase()) ?? [];
  return contextOf(traceId, spanId);
}

function fromB3Multiple(trace: string | undefined, span: string | undefined): TraceContext | undefined {
  const traceId = trace?.trim().toLowerCase() ?? '';
  const spanId = span?.trim().toLowerCase() ?? '';
  return b3Trace.test(traceId) && b3Span.test(spanId) ? contextOf(traceId, spanId) : undefined;
}

function contextOf(traceId: string | undefined, spanId: string | undefined): TraceContext | undefined {
  if (traceId === undefined || spanId === undefined) return undefined;
  if (zeros.test(traceId) || zeros.test(spanId)) return undefined;
  return { traceId: traceId.padStart(32, '0'), spanId };
}
