import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeHarness } from '../../testing/pipeline-harness.ts';
import { openPcapSource } from './pcap-source.ts';

const folder = join(import.meta.dirname, '../../../../../../shared/captures/http');
const isThere = existsSync(folder);
if (!isThere) process.stderr.write(`SKIPPED: no captures at ${folder}\n`);
const names = isThere ? readdirSync(folder).filter((name) => /\.pcap(?:ng)?$/.test(name)) : [];

interface Expected {
  readonly client: string;
  readonly method: string;
  readonly target: string;
  readonly status: number | null;
  readonly req_body_len: number;
  readonly resp_body_len: number;
}

/** tshark's rows in the order of its list, per client's socket. */
function readExpected(name: string): Expected[] {
  const text = readFileSync(join(folder, name.replace(/\.pcap(?:ng)?$/, '.expected.jsonl')), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Expected => JSON.parse(line))
    .filter((row) => 'method' in row);
}

/** A query is kept up to 1,024 bytes. */
function cutTarget(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? target : target.slice(0, mark + 1 + 1_024);
}

describe.skipIf(!isThere)('captures give the exchanges that tshark finds', () => {
  test.each(names)('%s', async (name) => {
    const harness = makeHarness({ lostReason: 'not_in_capture' });
    const source = await openPcapSource(join(folder, name), () => Promise.resolve());
    await source.run(harness.pipeline, new AbortController().signal);
    harness.pipeline.stop();
    const found = harness
      .rows('requests')
      .map((row) => {
        const isTunnel = row['method'] === 'CONNECT';
        const target = isTunnel
          ? row['host']
          : `${String(row['path'])}${row['query'] === '' ? '' : `?${String(row['query'])}`}`;
        return [
          Number(row['client_port']),
          row['method'],
          target,
          row['status_code'],
          Number(row['request_body_bytes']),
          Number(row['response_body_bytes']),
        ].join(' ');
      })
      .sort();
    const expected = readExpected(name)
      .map((row) =>
        [
          Number(row.client.split(':').at(-1)),
          row.method,
          cutTarget(row.target),
          row.status,
          row.req_body_len,
          row.resp_body_len,
        ].join(' '),
      )
      .sort();
    expect(found).toEqual(expected);
  });
});
