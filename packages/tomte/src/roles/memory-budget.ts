import { parseSizeBytes } from '@tomte/query';
import { userError } from '../errors.ts';

/** Less holds no runtime, more is no budget. */
const MIN_BYTES = 96 * 1024 ** 2;
const MAX_BYTES = 8 * 1024 ** 3;
/** Of one CPU, in thousandths: the agent's own default. */
const CPU_MILLICORES = 500;

/** What the agent may take for itself before it captures less; absent without one, which leaves the default. */
export function memoryBudget(text: string | undefined) {
  if (text === undefined) return {};
  const memoryBytes = Number(/^\d{1,10}$/.test(text) ? text : (parseSizeBytes(text) ?? 0));
  if (memoryBytes >= MIN_BYTES && memoryBytes <= MAX_BYTES)
    return { budget: { cpuMillicores: CPU_MILLICORES, memoryBytes } };
  const remedy = 'Give a size from 96MiB to 8GiB.';
  throw userError('TOMTE_BUDGET_INVALID', `${JSON.stringify(text)} is no budget of memory`, remedy);
}
