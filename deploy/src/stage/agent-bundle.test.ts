import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { checkout } from '../checkout.ts';
import { layAgentHere } from './agent-bundle.ts';

const GENEROUS_MS = 180_000;

test(
  'the agent of an image is one file that starts, reads its options and names its errors',
  async () => {
    const folder = mkdtempSync(join(checkout, '.tools/agent-bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const bundle = await layAgentHere(folder);
    const text = readFileSync(bundle, 'utf8');
    expect(/[^\0-\x7f]/.test(text)).toBe(false);
    expect(text).not.toContain('fastify');
    const ended = await promisify(execFile)(process.execPath, [bundle, 'agent', '--only', 'pid:0']).catch(
      (thrown: { code: number; stderr: string }) => thrown,
    );
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain('TOMTE_TARGET_INVALID: ');
  },
  GENEROUS_MS,
);
