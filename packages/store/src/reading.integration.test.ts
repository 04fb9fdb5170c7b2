import { readFileSync } from 'node:fs';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let test: TestStore;

beforeAll(async () => {
  test = await startTestStore();
});
afterAll(async () => test.close());

async function codeOf(sql: string): Promise<string> {
  return test.store.query({ sql, as: 'reader' }).then(
    (answer) => `answered ${JSON.stringify(answer.rows).slice(0, 80)}`,
    (error: { code: string }) => error.code,
  );
}

describe('SQL of users', () => {
  it.each([
    ['a file', "SELECT file('/etc/passwd')", 'STORE_FUNCTION_REFUSED'],
    ['a file by a quoted name', "SELECT `file`('/etc/passwd')", 'STORE_FUNCTION_REFUSED'],
    ['a file by a doubly quoted name', 'SELECT "file"(\'/etc/passwd\')', 'STORE_FUNCTION_REFUSED'],
    ['a file by an escaped name', "SELECT `fi\\x6ce`('/etc/passwd')", 'STORE_FUNCTION_REFUSED'],
    ['a file behind a comment', "SELECT /* ' */ file('/etc/passwd') -- '", 'STORE_FUNCTION_REFUSED'],
    ['a file behind a heredoc', "SELECT $$'$$, file('/etc/passwd'), '1'", 'STORE_FUNCTION_REFUSED'],
    ['a file behind typographic quotes', "SELECT ‘'’, file('/etc/passwd'), '1'", 'STORE_FUNCTION_REFUSED'],
    ['a file by APPLY', "SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS a)", 'STORE_FUNCTION_REFUSED'],
    ['a file as a table', "SELECT * FROM file('/etc/passwd', LineAsString)", 'STORE_FUNCTION_REFUSED'],
    ['writing a file', "SELECT 1 INTO OUTFILE '/tmp/tomte-must-not-exist'", 'STORE_FUNCTION_REFUSED'],
    [
      'another host',
      "SELECT hasColumnInTable('example.org', 'a', 'b', 'c', 'd', 'e')",
      'STORE_FUNCTION_REFUSED',
    ],
    ['a URL', "SELECT * FROM url('http://127.0.0.1:9/', CSV, 'a String')", 'STORE_ACCESS_DENIED'],
    ['another server', "SELECT * FROM remote('127.0.0.1:9', system.one)", 'STORE_ACCESS_DENIED'],
    [
      'S3, which the library lacks',
      "SELECT * FROM s3('http://127.0.0.1:9/a', CSV, 'a String')",
      'STORE_SQL_INVALID',
    ],
    ['users', 'SELECT * FROM system.users', 'STORE_ACCESS_DENIED'],
    ['questions of others', 'SELECT * FROM system.processes', 'STORE_ACCESS_DENIED'],
    ['an insert', "INSERT INTO loss (reason) VALUES ('x')", 'STORE_ACCESS_DENIED'],
    ['a deletion', 'DROP TABLE requests', 'STORE_ACCESS_DENIED'],
    ['a new table', 'CREATE TABLE x (a UInt8) ENGINE = Memory', 'STORE_ACCESS_DENIED'],
    ['a kill', 'KILL QUERY WHERE 1', 'STORE_ACCESS_DENIED'],
    ['a raised limit', 'SELECT 1 SETTINGS max_execution_time = 3600', 'STORE_FUNCTION_REFUSED'],
    ['no limit', 'SELECT 1 SETTINGS max_rows_to_read = 0', 'STORE_FUNCTION_REFUSED'],
    ['leaving read-only', 'SELECT 1 SETTINGS readonly = 0', 'STORE_FUNCTION_REFUSED'],
    ['too many rows', 'SELECT sum(number) FROM numbers(10000000000000)', 'STORE_LIMIT_EXCEEDED'],
    ['too large an answer', 'SELECT number FROM numbers(100000000)', 'STORE_LIMIT_EXCEEDED'],
    [
      'too much memory',
      'SELECT groupArray(repeat(toString(number), 1000)) FROM numbers(10000000)',
      'STORE_LIMIT_EXCEEDED',
    ],
    ['two statements', 'SELECT 1; SELECT 2', 'STORE_SQL_SYNTAX'],
    ['a broken statement', 'SELECT count(( FROM requests', 'STORE_SQL_SYNTAX'],
    ['an unknown column', 'SELECT nothing FROM requests', 'STORE_SQL_INVALID'],
    ['its own format', 'SELECT 1 FORMAT CSV', 'STORE_SQL_INVALID'],
    ['its own format behind a comment', 'SELECT 1 FORMAT /* */ CSV', 'STORE_SQL_INVALID'],
  ])('refuses %s', async (_, sql, code) => {
    expect(await codeOf(sql)).toBe(code);
  });

  it.each([
    ['a word inside of a text', "SELECT 'file', count() FROM requests", [['file', '0']]],
    ['tables', "SELECT name FROM system.tables WHERE name = 'requests'", [['requests']]],
    ['64-bit numbers whole', 'SELECT toUInt64(18446744073709551615)', [['18446744073709551615']]],
  ])('answers %s', async (_, sql, rows) => {
    expect((await test.store.query({ sql, as: 'reader' })).rows).toEqual(rows);
  });

  it('passes parameters outside of the text', async () => {
    const hostile = "'; DROP TABLE requests; --\\\n\t";
    const answer = await test.store.query({
      sql: 'SELECT {text:String}',
      params: { text: hostile },
      as: 'reader',
    });
    expect(answer.rows).toEqual([[hostile]]);
  });

  it.each([
    ['an open bracket', 'SELECT\n  count((', { line: 2, column: 8 }],
    ['lines before the statement', '\n\n  SELECT nothing((', { line: 3, column: 17 }],
    ['letters of more than one byte', "SELECT 'äöü€', )", { line: 1, column: 16 }],
    ['two statements', 'SELECT 1;\nSELECT 2', { line: 1, column: 9 }],
  ])('tells where the fault is: %s', async (_, sql, position) => {
    const asked = test.store.query({ sql, as: 'reader' });
    await expect(asked).rejects.toMatchObject({ code: 'STORE_SQL_SYNTAX', position });
  });

  it.each(['EXPLAIN AST', 'SELECT 1 +', 'EXPLAIN AST bogus', 'SELECT', 'SELECT 1 FROM', 'SELECT (1'])(
    'never points beyond the text: %s',
    async (sql) => {
      const error = await test.store.query({ sql, as: 'reader' }).then(
        () => undefined,
        (thrown: { code: string; message: string; position?: { line: number; column: number } }) => thrown,
      );
      expect(error?.code).toMatch(/^STORE_SQL_(SYNTAX|INVALID)$/);
      expect(error?.message).not.toContain('FORMAT');
      const { line, column } = error?.position ?? { line: 1, column: 1 };
      expect(line).toBe(1);
      expect(column).toBeLessThanOrEqual(sql.length + 1);
    },
  );

  it('explains a statement', async () => {
    const answer = await test.store.query({ sql: 'EXPLAIN AST SELECT 1', as: 'reader' });
    expect(String(answer.rows[0]?.[0])).toContain('SelectWithUnionQuery');
  });

  /** Time linear in the text, or none of it: a server that brings another function is noticed here. */
  const linear = [
    /^(L1|L2|L2Squared|Linf|Lp|cosine)Distance/,
    /^distance(Cosine|L1|L2|L2Squared|Linf|Lp)/,
    /^L2DistanceTransposed/,
    /^(bit|byte|tuple)HammingDistance$/,
    /^(geo|greatCircle|h3)Distance$/,
    /^ngramDistance/,
    /^polygonsDistance/,
  ];

  it('refuses each distance that is not linear in its text', async () => {
    const answer = await test.store.query({
      sql: "SELECT name FROM system.functions WHERE match(name, '(?i)distance|similarity|jaro') ORDER BY name",
    });
    const names = answer.rows.map(([name]) => String(name));
    const others = names.filter((name) => !linear.some((pattern) => pattern.test(name)));
    expect(others.length).toBeGreaterThan(7);
    for (const name of others)
      expect(await codeOf(`SELECT ${name}('a', 'b')`), name).toBe('STORE_FUNCTION_REFUSED');
  });

  it('ends on the server when it is taken back', async () => {
    const stop = new AbortController();
    const queryId = 'taken-back';
    const asked = test.store
      .query({
        sql: 'SELECT sum(sipHash64(number, number, number)) FROM numbers(1900000000)',
        as: 'reader',
        signal: stop.signal,
        queryId,
      })
      .catch((error: { code: string }) => error.code);
    await expect.poll(() => test.store.isQueryRunning({ queryId }), { timeout: 20_000 }).toBe(true);
    stop.abort();
    expect(await asked).toBe('STORE_QUERY_CANCELLED');
    await expect.poll(() => test.store.isQueryRunning({ queryId }), { timeout: 20_000 }).toBe(false);
  });
});

describe('the embedded server', () => {
  it('answers nobody who has no password', async () => {
    for (const authorization of ['', 'Basic ZGVmYXVsdDo=', 'Basic dG9tdGU6d3Jvbmc=']) {
      const answer = await fetch(`${test.server.url}/?query=SELECT%201`, { headers: { authorization } });
      expect(answer.status).toBe(404);
    }
  });

  it('keeps its passwords out of the list of processes', () => {
    const commandLine = readFileSync(`/proc/${test.server.pid}/cmdline`, 'utf8');
    expect(commandLine).not.toContain(test.server.password);
    expect(commandLine).not.toContain(test.server.reader.password);
  });
});
