import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';

const command = fileURLToPath(new URL('../../bin/tomte.mjs', import.meta.url));
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Writes `kubectl-tomte`, by which kubectl finds the plug-in; returns its path. */
export async function installPlugin(folder: string = join(homedir(), '.local/bin')): Promise<string> {
  const path = join(folder, 'kubectl-tomte');
  const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(command)} kubectl "$@"\n`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, script);
    await chmod(path, 0o755);
  } catch (thrown) {
    const remedy = 'Name a folder that you may write to with --folder.';
    throw AppError.from(thrown, 'TOMTE_PLUGIN_UNWRITABLE', { family: 'user', remedy });
  }
  return path;
}

/** kubectl looks for plug-ins on the path alone. */
export function pathNote(path: string): string {
  const isFound = (process.env['PATH'] ?? '').split(delimiter).includes(dirname(path));
  return isFound
    ? 'Try: kubectl tomte services\n'
    : `Put ${dirname(path)} on the path; then: kubectl tomte services\n`;
}
