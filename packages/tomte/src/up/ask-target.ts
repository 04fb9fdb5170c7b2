import { createInterface } from 'node:readline/promises';
import { AppError } from '@tomte/kit';
import { type CaptureTarget, parseTarget } from '../target.ts';

const question = `What shall be captured?
  all              every process of this machine, all users
  pid:NUMBER       a process and its children
  exe:/PATH        every process of a program, and their children
  cgroup:/PATH     a service or container
> `;

/** Asks on the terminal until the answer can be read, or the input ends. */
export async function askTarget(signal: AbortSignal): Promise<CaptureTarget> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const text = (await terminal.question(question, { signal })).trim();
      const target = read(text);
      if (target !== undefined) return target;
    }
  } finally {
    terminal.close();
  }
}

function read(text: string): CaptureTarget | undefined {
  if (text === '') return undefined;
  if (text === 'all') return { kind: 'all' };
  try {
    return parseTarget({ only: text.split(/\s+/) });
  } catch (thrown) {
    process.stderr.write(`${AppError.from(thrown, 'TOMTE_TARGET_INVALID').toLine()}\n`);
    return undefined;
  }
}
