import { describe, expect, it } from 'vitest';
import { parseTyped, readCondition, SqlValues, toParameters, toSql, writeCondition } from './where.ts';

const columns = {
  status_code: { semantic: 'status_code', json: 'number', meaning: '' },
  duration_ns: { semantic: 'duration', json: 'number', unit: 'ns', meaning: '' },
  path: { semantic: 'text', json: 'string', meaning: '' },
  server_address: { semantic: 'address', json: 'string', meaning: '' },
  request_headers: { semantic: 'text', json: 'object', meaning: '' },
} as const;

describe('what a person types', () => {
  it.each([
    ['status_code >= 500', 'status_code.ge=500'],
    ['status_code>=500', 'status_code.ge=500'],
    ['path ~ cart', 'path.contains=cart'],
    ['host ^= api.', 'host.prefix=api.'],
    ['method: GET', 'method=GET'],
    ['method != "GET"', 'method.ne=GET'],
    ['request_headers[x-a] = b=c', 'request_headers[x-a]=b=c'],
    ['cart', 'path.contains=cart'],
    ['/a/b', 'path.contains=/a/b'],
  ])('%s', (text, stored) => {
    const condition = parseTyped(text);
    expect(condition === undefined ? '' : writeCondition(condition)).toBe(stored);
    expect(readCondition(stored)).toEqual(condition);
  });

  it('that is nothing', () => {
    expect(parseTyped('  ')).toBeUndefined();
    expect(readCondition('=')).toBeUndefined();
    expect(readCondition('a.like=b')).toBeUndefined();
  });
});

it('becomes parameters, equal ones as alternatives', () => {
  const conditions = ['method=GET', 'method=PUT', 'status_code.ge=500'].flatMap(
    (text) => readCondition(text) ?? [],
  );
  expect(toParameters(conditions)).toEqual({ method: ['GET', 'PUT'], 'status_code.ge': ['500'] });
});

it('becomes SQL in which no value stands', () => {
  const texts = [
    "path=' OR 1",
    'path=b',
    'duration_ns.gt=250ms',
    'status_code.ne=200',
    'server_address=10.0.0.1',
    "request_headers[it's]=x",
    'unknown=1',
  ];
  const values = new SqlValues();
  const conditions = texts.flatMap((text) => readCondition(text) ?? []);
  expect(toSql(conditions, columns, values)).toEqual([
    '(toString(r.path) = {p0:String} OR toString(r.path) = {p1:String})',
    "(replaceOne(toString(r.server_address), '::ffff:', '') = {p2:String})",
    '(r.request_headers[{p3:String}] = {p4:String})',
    '(true)',
    'r.duration_ns > {p5:Float64}',
    '(r.status_code IS NULL OR r.status_code != {p6:Float64})',
  ]);
  expect(values.values).toEqual({
    p0: "' OR 1",
    p1: 'b',
    p2: '10.0.0.1',
    p3: "it's",
    p4: 'x',
    p5: '250000000',
    p6: '200',
  });
});
