import { readFile } from 'node:fs/promises';
import { parseRedactionRules, type RedactionRules } from '@tomte/agent';
import { AppError } from '@tomte/kit';

/** Rules of a file that add to the defaults; undefined where no file is named. */
export async function readRedactionRules(path: string | undefined): Promise<RedactionRules | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    const remedy = 'Name a JSON file that can be read.';
    throw AppError.from(thrown, 'TOMTE_REDACTION_RULES_UNREADABLE', { family: 'user', remedy });
  });
  const rules = parseRedactionRules(text, path);
  if (!rules.ok) throw rules.error;
  return rules.value;
}
