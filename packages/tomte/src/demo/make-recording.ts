import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '@tomte/agent';
import { liveConfig, untilAttached } from '../roles/agent.ts';
import { shippedLogs } from './logs.ts';
import { shippedLogFile, shippedRecording } from './recorded.ts';
import { DemoWorkload } from './workload.ts';

const SECONDS = 8;
const MAX_BYTES = 8 * 1024 * 1024;

/*
 * Makes the recording that ships, and the logs of its programs. The names of this machine stay out of it;
 * what is recorded of the programs has their paths, so it is made in a checkout such as /opt/tomte.
 */
const directory = mkdtempSync(join(tmpdir(), 'tomte-demo-'));
const workload = new DemoWorkload(directory, { isSmall: true });
const stopping = new AbortController();
try {
  const config = await liveConfig({ only: [`pid:${workload.launcher.pid}`] }, join(directory, 'data'));
  rmSync(shippedRecording, { force: true });
  const agent = await startAgent(
    {
      ...config,
      ...{ agentId: 'demo', bootId: 'demo', hostName: 'demo' },
      spool: { directory: join(directory, 'spool') },
      record: {
        path: shippedRecording,
        isRaw: false,
        limits: { maxBytes: MAX_BYTES, maxSeconds: 10 * SECONDS },
      },
    },
    stopping.signal,
  );
  await untilAttached(agent);
  await workload.start();
  await workload.run(SECONDS, stopping.signal);
  stopping.abort();
  await agent.done;
  writeFileSync(shippedLogFile, shippedLogs(workload.logs()));
} finally {
  await workload.close();
  rmSync(directory, { recursive: true, force: true });
}
