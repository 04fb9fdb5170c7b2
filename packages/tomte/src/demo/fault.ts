import { userError } from '../errors.ts';
import type { DemoOptions } from './outcome.ts';

/** It begins after so long, or at half of a shorter run: what is usual must be known first. */
const USUAL_SECONDS = 60;
const faults = ['slow-dependency'] as const;

/** @returns when the fault begins, in ms since the epoch; undefined without one */
export function faultBegins({ fault, recorded }: DemoOptions, seconds: number): number | undefined {
  if (fault === undefined) return undefined;
  if (recorded === true) {
    const remedy = 'Leave out --recorded: a fault needs programs that run.';
    throw userError('TOMTE_DEMO_FAULT', '--fault does not go with --recorded', remedy);
  }
  if (!faults.some((known) => known === fault)) {
    throw userError(
      'TOMTE_DEMO_FAULT',
      `--fault ${fault.slice(0, 64)} is none that the demo knows`,
      `Use one of: ${faults.join(' ')}.`,
    );
  }
  return Date.now() + Math.min(USUAL_SECONDS, seconds / 2) * 1_000;
}

/** Told before anything else, so that nobody takes it for a defect. */
export function faultLine(beginsMs: number): string {
  const time = new Date(beginsMs).toISOString().slice(11, 19);
  return `From ${time} UTC on, one order in five is slow. Find out why: docs/guide/three-in-the-morning.md\n`;
}
