import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, startTicksOf } from '../harness/processes.ts';
import { places } from './places.ts';

const POLL_MS = 50;

/** A process that a file names: its id, and its start so that another one with the same id is not taken for it. */
export interface ProcessMark {
  readonly pid: number;
  readonly startTicks: string;
}

export function markOf(pid: number): ProcessMark | undefined {
  try {
    return { pid, startTicks: startTicksOf(pid) };
  } catch {
    return undefined;
  }
}

export function isStillRunning(mark: ProcessMark): boolean {
  return isRunning(mark.pid) && markOf(mark.pid)?.startTicks === mark.startTicks;
}

export function writeMark(path: string, pid: number, flag: 'w' | 'wx' = 'w'): void {
  writeFileSync(path, JSON.stringify(markOf(pid) ?? { pid, startTicks: '' }), { flag });
}

export function readMark(path: string): ProcessMark | undefined {
  return readJson(path);
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T; // Proof: this file wrote it.
  } catch {
    return undefined;
  }
}

/** Asks it to end, makes it end after `graceMs`. A negative id is a process group. */
export async function endProcess(mark: ProcessMark, graceMs: number, target = mark.pid): Promise<void> {
  if (!isStillRunning(mark)) return;
  signal(target, 'SIGTERM');
  if (await hasEndedWithin(mark, graceMs)) return;
  signal(target, 'SIGKILL');
  await hasEndedWithin(mark, graceMs);
}

async function hasEndedWithin(mark: ProcessMark, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isStillRunning(mark)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** A child that leads a process group, and who started it. */
interface ChildNote {
  readonly child: ProcessMark;
  readonly parent: ProcessMark;
}

/** Notes a child that leads a process group, so that it is found though this program was killed. */
export function noteChild(pid: number): () => void {
  mkdirSync(places.children, { recursive: true });
  const path = join(places.children, String(pid));
  writeFileSync(path, JSON.stringify({ child: markOf(pid), parent: markOf(process.pid) }));
  return () => rmSync(path, { force: true });
}

/** Ends the groups of noted children whose parent is dead. */
export async function endOrphans(): Promise<void> {
  for (const name of listed(places.children)) {
    const path = join(places.children, name);
    const note = readJson<Partial<ChildNote>>(path);
    if (note?.parent !== undefined && isStillRunning(note.parent)) continue;
    if (note?.child !== undefined) await endProcess(note.child, 5_000, -note.child.pid);
    rmSync(path, { force: true });
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
