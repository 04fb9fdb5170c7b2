import { describe, expect, it } from 'vitest';
import { readTraceContext } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const found = { traceId: TRACE, spanId: SPAN };
const absent = { traceId: '', spanId: '' };

const read = (headers: Record<string, string>): unknown => readTraceContext(new Map(Object.entries(headers)));

describe('trace context', () => {
  it.each<[string, Record<string, string>]>([
    ['traceparent', { traceparent: `00-${TRACE}-${SPAN}-01` }],
    ['traceparent of a later version', { traceparent: `01-${TRACE}-${SPAN}-01-more` }],
    ['B3 in one header', { b3: `${TRACE}-${SPAN}-1` }],
    ['B3 in one header, with a parent', { b3: `${TRACE}-${SPAN}-d-05e3ac9a4f6e3b90` }],
    ['B3 in one header, nothing decided', { b3: `${TRACE}-${SPAN}` }],
    ['B3 in several', { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' }],
    ['B3 in capitals', { 'x-b3-traceid': TRACE.toUpperCase(), 'x-b3-spanid': SPAN.toUpperCase() }],
    ['traceparent before B3', { traceparent: `00-${TRACE}-${SPAN}-00`, b3: `${SPAN}-${SPAN}` }],
    ['B3 behind a malformed traceparent', { traceparent: 'x', b3: `${TRACE}-${SPAN}` }],
  ])('is read from %s', (_, headers) => {
    expect(read(headers)).toEqual(found);
  });

  it('of 64 bits is padded', () => {
    expect(read({ b3: `${SPAN}-${SPAN}-1` })).toEqual({ traceId: SPAN.padStart(32, '0'), spanId: SPAN });
  });

  it.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['B3 that only decides', { b3: '0' }],
    ['a trace of zeros', { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` }],
    ['a span of zeros', { 'x-b3-traceid': TRACE, 'x-b3-spanid': '0'.repeat(16) }],
    ['version ff', { traceparent: `ff-${TRACE}-${SPAN}-01` }],
    ['version 00 with more', { traceparent: `00-${TRACE}-${SPAN}-01-more` }],
    ['capitals in traceparent', { traceparent: `00-${TRACE.toUpperCase()}-${SPAN}-01` }],
    ['half of B3', { 'x-b3-traceid': TRACE }],
    ['a traceparent twice', { traceparent: `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01` }],
  ])('is absent with %s', (_, headers) => {
    expect(read(headers)).toEqual(absent);
  });
});
