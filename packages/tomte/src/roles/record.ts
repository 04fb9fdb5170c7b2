import { rm } from 'node:fs/promises';
import { startAgent } from '@tomte/agent';
import { parseSizeBytes } from '@tomte/query';
import { defaultDataDir } from '../data-dir.ts';
import { userError } from '../errors.ts';
import { makeScratch } from '../scratch.ts';
import { startLifetime } from '../supervised.ts';
import type { TargetOptions } from '../target.ts';
import { liveConfig, untilAttached } from './agent.ts';

export interface RecordOptions extends TargetOptions {
  readonly output: string;
  readonly seconds?: string;
  readonly maxBytes?: string;
  readonly raw?: boolean;
  readonly data?: string;
  readonly syscallStats?: boolean;
  readonly dataRing?: string;
  readonly redactionRules?: string;
}

const MAX_SECONDS = 86_400;

/** Writes events to a file. Nothing is stored or sent: its spool is thrown away. */
export async function runRecord(options: RecordOptions): Promise<number> {
  const limits = {
    maxBytes: parseMaxBytes(options.maxBytes ?? '1GiB'),
    maxSeconds: parseSeconds(options.seconds),
  };
  const lifetime = startLifetime();
  const scratch = await makeScratch('record');
  const signal =
    options.seconds === undefined
      ? lifetime.signal
      : AbortSignal.any([lifetime.signal, AbortSignal.timeout(limits.maxSeconds * 1_000)]);
  try {
    const config = await liveConfig(options, options.data ?? defaultDataDir());
    const record = { path: options.output, isRaw: options.raw === true, limits };
    const agent = await startAgent({ ...config, spool: { directory: scratch }, record }, signal);
    await Promise.race([untilAttached(agent), agent.done]);
    lifetime.ready({});
    process.stderr.write(
      `Recording to ${options.output}${options.raw === true ? ', secrets included' : ''}. Ctrl-C ends it.\n`,
    );
    await agent.done;
  } finally {
    await rm(scratch, { recursive: true, force: true });
    lifetime.end();
  }
  return 0;
}

function parseSeconds(text: string | undefined): number {
  if (text === undefined) return MAX_SECONDS;
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw userError(
    'TOMTE_SECONDS_INVALID',
    `${JSON.stringify(text)} is no number of seconds`,
    `Give 1 to ${MAX_SECONDS}.`,
  );
}

function parseMaxBytes(text: string): number {
  const bytes = Number(/^\d{1,12}$/.test(text) ? text : (parseSizeBytes(text) ?? 0));
  if (bytes >= 4_096) return bytes;
  throw userError(
    'TOMTE_SIZE_INVALID',
    `${JSON.stringify(text)} is no size of at least 4 KiB`,
    'Give one such as 100MiB.',
  );
}
