import { requests } from '@tomte/model';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../filter.ts';
import { SqlParams } from '../sql-params.ts';
import { parseExpression } from './parse-expression.ts';
import { PositionedError } from './positioned-error.ts';

const context = { record: requests, nowNs: 1_767_225_600_000_000_000n };

function compiled(text: string): string {
  const read = parseExpression(text, context);
  if (!read.ok) throw read.error;
  const params = new SqlParams();
  const sql = compileExpression(read.value, params);
  return `${sql} -- ${Object.values(params.values).join(' | ')}`;
}

describe('a filter becomes SQL with parameters', () => {
  it.each([
    ['status_code >= 500', 'r.status_code >= {p0:UInt16} -- 500'],
    ['duration_ns > 250ms', 'r.duration_ns > {p0:UInt64} -- 250000000'],
    ['status_code = null', 'r.status_code IS NULL -- '],
    ['method in (GET, "POST")', 'r.method IN ({p0:String}, {p1:String}) -- GET | POST'],
    ['method not in (GET)', 'NOT ifNull(r.method = {p0:String}, false) -- GET'],
    ['path contains "a \\"b\\""', 'position(r.path, {p0:String}) > 0 -- a "b"'],
    ['path startswith /cart', 'startsWith(r.path, {p0:String}) -- /cart'],
    ['path =~ "^/(a|b)$"', 'match(r.path, {p0:String}) -- ^/(a|b)$'],
    ['path !~ x', 'NOT ifNull(match(r.path, {p0:String}), false) -- x'],
    [
      'request_headers[user-agent] = curl',
      'r.request_headers[{p0:String}] = {p1:String} -- user-agent | curl',
    ],
    ['client_address = 10.0.0.1', 'r.client_address = {p0:IPv6} -- ::ffff:10.0.0.1'],
    ['a = 1 or method = b', undefined],
    [
      'method = a or method = b and not (host = c or host = d)',
      '(r.method = {p0:String} OR (r.method = {p1:String} AND NOT ifNull((r.host = {p2:String} OR r.host = {p3:String}), false))) -- a | b | c | d',
    ],
    [
      'method = a AND method = b AND method = c',
      '(r.method = {p0:String} AND r.method = {p1:String} AND r.method = {p2:String}) -- a | b | c',
    ],
  ])('%s', (text, sql) => {
    if (sql === undefined) expect(() => compiled(text)).toThrow(/names no column/);
    else expect(compiled(text)).toBe(sql);
  });
});

describe('what is wrong is told with its place', () => {
  it.each([
    ['', 'QUERY_FILTER_SYNTAX', 1, 1],
    ['status_code >=', 'QUERY_FILTER_SYNTAX', 1, 15],
    ['status_code == 500', 'QUERY_FILTER_SYNTAX', 1, 14],
    ['method = GET host = x', 'QUERY_FILTER_SYNTAX', 1, 14],
    ['(method = GET', 'QUERY_FILTER_SYNTAX', 1, 14],
    ['method = GET)', 'QUERY_FILTER_SYNTAX', 1, 13],
    ['method = "GET', 'QUERY_FILTER_SYNTAX', 1, 10],
    ['method = GET and\n  nosuch = 1', 'QUERY_COLUMN_UNKNOWN', 2, 3],
    ['method = GET and status_code = x', 'QUERY_VALUE_INVALID', 1, 32],
    ['encrypted > true', 'QUERY_OPERATOR_INVALID', 1, 11],
    ['path =~ "("', 'QUERY_VALUE_INVALID', 1, 9],
    ['path =~ "(?=a)"', 'QUERY_VALUE_INVALID', 1, 9],
    ['path =~ "a{2000}"', 'QUERY_VALUE_INVALID', 1, 9],
    [`path =~ ${'a'.repeat(257)}`, 'QUERY_VALUE_INVALID', 1, 9],
    [`${'('.repeat(40)}method = a${')'.repeat(40)}`, 'QUERY_FILTER_LIMIT', 1, 31],
    [Array.from({ length: 101 }, () => 'method=a').join(' or '), 'QUERY_FILTER_LIMIT', 1, 1_201],
  ])('%s', (text, code, line, column) => {
    const read = parseExpression(text, context);
    if (read.ok) throw new Error('it was taken');
    expect(read.error).toBeInstanceOf(PositionedError);
    expect([read.error.code, (read.error as PositionedError).position]).toEqual([code, { line, column }]); // Proof: the test before.
  });
});
