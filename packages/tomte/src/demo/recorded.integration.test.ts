import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readShippedLogs } from './logs.ts';
import { shippedLogFile } from './recorded.ts';

const command = fileURLToPath(new URL('../../bin/tomte.mjs', import.meta.url));
const TIMEOUT_MS = 90_000;

describe('the demo from a recording', () => {
  it(
    'stores each request of the logs once for each side',
    async () => {
      const args = [command, 'demo', '--recorded', '--json'];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const sent = { http: 0, https: 0 };
      for (const log of readShippedLogs(shippedLogFile).servers)
        for (const { scheme } of log.lines) sent[scheme] += 1;
      expect(sent.http * sent.https).toBeGreaterThan(0);
      expect(JSON.parse(stdout)).toMatchObject({ sent, stored: sent, missing: 0, duplicated: 0 });
    },
    TIMEOUT_MS,
  );
});
