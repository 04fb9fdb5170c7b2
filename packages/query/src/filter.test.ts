import { connections, requests } from '@tomte/model';
import { describe, expect, it } from 'vitest';
import { compileFilter, parseFilters } from './filter.ts';
import { SqlParams } from './sql-params.ts';

const nowNs = 1_767_225_600_000_000_000n;

function compile(name: string, ...texts: string[]): { sql: string; values: readonly string[] } {
  const filters = parseFilters(requests, { [name]: texts }, nowNs);
  if (!filters.ok) throw filters.error;
  const params = new SqlParams();
  const sql = filters.value.map((filter) => compileFilter(filter, params)).join(' AND ');
  return { sql, values: Object.values(params.values) };
}

describe('a filter compiles to text with parameters', () => {
  it.each([
    ['method', ['GET'], 'r.method = {p0:String}', ['GET']],
    ['method', ['GET', 'PUT'], 'r.method IN ({p0:String}, {p1:String})', ['GET', 'PUT']],
    ['method.in', ['GET,PUT'], 'r.method IN ({p0:String}, {p1:String})', ['GET', 'PUT']],
    ['path.prefix', ['/a'], 'startsWith(r.path, {p0:String})', ['/a']],
    ['path.contains', ["'; DROP"], 'position(r.path, {p0:String}) > 0', ["'; DROP"]],
    ['status_code.ge', ['500'], 'r.status_code >= {p0:UInt16}', ['500']],
    ['status_code', ['null'], 'r.status_code IS NULL', []],
    ['status_code', ['null', '200'], '(r.status_code IS NULL OR r.status_code = {p0:UInt16})', ['200']],
    ['status_code.ne', ['200'], '(r.status_code IS NULL OR r.status_code != {p0:UInt16})', ['200']],
    ['status_code.ne', ['null'], 'r.status_code IS NOT NULL', []],
    ['duration_ns.gt', ['250ms'], 'r.duration_ns > {p0:UInt64}', ['250000000']],
    ['response_body_bytes.lt', ['10KiB'], 'r.response_body_bytes < {p0:UInt64}', ['10240']],
    ['encrypted', ['true'], 'r.encrypted = {p0:Bool}', ['true']],
    ['role', ['server'], 'r.role = {p0:String}', ['server']],
    ['client_address', ['127.0.0.1'], 'r.client_address = {p0:IPv6}', ['::ffff:127.0.0.1']],
    [
      'client_address.prefix',
      ['10.0.0.0/8'],
      'isIPAddressInRange(toString(r.client_address), {p0:String})',
      ['::ffff:10.0.0.0/104'],
    ],
    ['request_headers[x-a]', ['1'], 'r.request_headers[{p0:String}] = {p1:String}', ['x-a', '1']],
    ['pair_key', ['18446744073709551615'], 'r.pair_key = {p0:UInt64}', ['18446744073709551615']],
    [
      'start_time.gt',
      ['-1s'],
      "r.start_time > fromUnixTimestamp64Nano({p0:Int64}, 'UTC')",
      ['1767225599000000000'],
    ],
  ])('%s %j', (name, texts, sql, values) => {
    expect(compile(name, ...texts)).toEqual({ sql, values });
  });
});

describe('a filter that cannot be meant is refused', () => {
  it.each([
    ['nosuch', '1', 'QUERY_COLUMN_UNKNOWN'],
    ['constructor', '1', 'QUERY_COLUMN_UNKNOWN'],
    ['path) OR (1', '1', 'QUERY_COLUMN_UNKNOWN'],
    ['path.like', '%', 'QUERY_OPERATOR_INVALID'],
    ['role.gt', 'client', 'QUERY_OPERATOR_INVALID'],
    ['role', 'clint', 'QUERY_VALUE_INVALID'],
    ['status_code', '70000', 'QUERY_VALUE_INVALID'],
    ['status_code', '2xx', 'QUERY_VALUE_INVALID'],
    ['status_code.gt', 'null', 'QUERY_OPERATOR_INVALID'],
    ['encrypted', 'yes', 'QUERY_VALUE_INVALID'],
    ['client_address', '127.0.0.256', 'QUERY_VALUE_INVALID'],
    ['client_address', ':::', 'QUERY_VALUE_INVALID'],
    ['client_address.prefix', '10.0.0.0/33', 'QUERY_VALUE_INVALID'],
    ['request_headers', '1', 'QUERY_OPERATOR_INVALID'],
    ['path[a]', '1', 'QUERY_OPERATOR_INVALID'],
    ['pair_key', '18446744073709551616', 'QUERY_VALUE_INVALID'],
    ['path', 'x'.repeat(4_097), 'QUERY_FILTER_LIMIT'],
  ])('%s=%s', (name, value, code) => {
    expect(parseFilters(requests, { [name]: [value] }, nowNs)).toMatchObject({ ok: false, error: { code } });
  });

  it('names the columns that there are', () => {
    const filters = parseFilters(connections, { nosuch: ['1'] }, nowNs);
    expect(filters).toMatchObject({ error: { remedy: expect.stringContaining('end_time, duration_ns') } });
  });
});
