import { rm, stat } from 'node:fs/promises';
import { type AgentStatus, startAgent } from '@tomte/agent';
import { parseSizeBytes } from '@tomte/query';
import { defaultDataDir } from '../data-dir.ts';
import { userError } from '../errors.ts';
import { makeScratch } from '../scratch.ts';
import { startLifetime } from '../supervised.ts';
import type { TargetOptions } from '../target.ts';
import { liveConfig, untilAttached } from './agent.ts';
import { createRoleTeller, type RoleTeller } from './role-teller.ts';

export interface RecordOptions extends TargetOptions {
  readonly output: string;
  readonly seconds?: string;
  readonly maxBytes?: string;
  readonly raw?: boolean;
  readonly data?: string;
  readonly syscallStats?: boolean;
  readonly dataRing?: string;
  readonly redactionRules?: string;
  readonly json?: boolean;
}

const MAX_SECONDS = 86_400;

/** Writes events to a file. Nothing is stored or sent: its spool is thrown away. */
export async function runRecord(options: RecordOptions): Promise<number> {
  const limits = {
    maxBytes: parseMaxBytes(options.maxBytes ?? '1GiB'),
    maxSeconds: parseSeconds(options.seconds),
  };
  const tell = createRoleTeller(options.json === true);
  const lifetime = startLifetime();
  const scratch = await makeScratch('record');
  // Not AbortSignal.any of a timeout: V8 may collect that, and it never fires.
  const ending = new AbortController();
  lifetime.signal.addEventListener('abort', () => ending.abort(), { once: true });
  const timer =
    options.seconds === undefined ? undefined : setTimeout(() => ending.abort(), limits.maxSeconds * 1_000);
  const { signal } = ending;
  try {
    const config = await liveConfig(options, options.data ?? defaultDataDir());
    const record = { path: options.output, isRaw: options.raw === true, limits };
    const agent = await startAgent({ ...config, spool: { directory: scratch }, record }, signal);
    await Promise.race([untilAttached(agent), agent.done]);
    lifetime.ready({});
    const file = options.output;
    tell(
      { kind: 'recording', file, raw: record.isRaw },
      `Recording to ${file}${record.isRaw ? ', secrets included' : ''}. Ctrl-C ends it.`,
    );
    const startedNs = process.hrtime.bigint();
    await agent.done;
    const nanoseconds = process.hrtime.bigint() - startedNs;
    const isTimed = options.seconds !== undefined;
    await sayRecorded(tell, { file, status: agent.status(), nanoseconds, isTimed });
  } finally {
    clearTimeout(timer);
    await rm(scratch, { recursive: true, force: true });
    lifetime.end();
  }
  return 0;
}

interface Recorded {
  readonly file: string;
  readonly status: AgentStatus;
  readonly nanoseconds: bigint;
  /** Its length was asked for. */
  readonly isTimed: boolean;
}

async function sayRecorded(tell: RoleTeller, recorded: Recorded): Promise<void> {
  const { file, status, nanoseconds, isTimed } = recorded;
  const { size } = await stat(file);
  const { events = 0, endReason } = status.recording ?? {};
  const seconds = Number(nanoseconds / 1_000_000n) / 1_000;
  const requests = status.pipeline.emittedRequests;
  const expected = ['source_ended', 'stopped', ...(isTimed ? ['time_limit'] : [])];
  const isFull = endReason !== undefined && !expected.includes(endReason);
  tell(
    { kind: 'recorded', file, events, requests, file_bytes: size, seconds, end_reason: endReason ?? null },
    `Recorded ${events} events, ${requests} requests of them, in ${seconds.toFixed(1)} s: ${(size / 1024).toFixed(1)} KiB.` +
      `${isFull ? ` It ended early: ${endReason.replaceAll('_', ' ')}.` : ''}\nTry: tomte replay ${file}`,
  );
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
