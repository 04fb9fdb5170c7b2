import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { AGENT_NODE_ARGS } from '../up/agent-node-args.ts';
import { warmAgent } from './warm-agent.ts';

const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url));
const agentUrl = new URL('../roles/agent.ts', import.meta.url).href;
const runUrl = new URL('../run.ts', import.meta.url).href;

/** Whether a process that loads what an agent loads has to strip types itself. */
async function stripsTypes(cache: string): Promise<boolean> {
  const source = `
    require('node:module').enableCompileCache(${JSON.stringify(cache)});
    import(${JSON.stringify(runUrl)})
      .then(() => import(${JSON.stringify(agentUrl)}))
      .then(() => console.log(process.moduleLoadList.some((name) => name.includes('amaro'))));`;
  const { stdout } = await promisify(execFile)(process.execPath, [...AGENT_NODE_ARGS, '-e', source]);
  return JSON.parse(stdout) as boolean; // Proof: the line above prints a boolean.
}

test('an agent finds its modules stripped', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'tomte-cache-'));
  onTestFinished(() => rm(empty, { recursive: true, force: true }));
  expect(await stripsTypes(empty)).toBe(true);
  await warmAgent();
  expect(await stripsTypes(cacheDir)).toBe(false);
});
