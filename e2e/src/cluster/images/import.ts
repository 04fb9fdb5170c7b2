import { rm } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, quote, runShell } from '../command.ts';
import { places } from '../places.ts';

export interface ImportedImage {
  readonly names: readonly string[];
  /** Instructions of a Dockerfile, such as `ENTRYPOINT ["/pause"]`. */
  readonly changes?: readonly string[];
}

/** An image whose one layer is the folder. */
export async function importFolder(host: string, folder: string, image: ImportedImage): Promise<void> {
  const changes = (image.changes ?? []).map((change) => `-c ${quote(change)}`).join(' ');
  const [first = '', ...more] = image.names;
  await runShell(
    `tar -C ${quote(folder)} --exclude=./proc/* --exclude=./sys/* -c . | docker -H ${quote(host)} import ${changes} - ${quote(first)}`,
  );
  for (const name of more) await runShell(`docker -H ${quote(host)} tag ${quote(first)} ${quote(name)}`);
}

export async function hasImage(host: string, name: string): Promise<boolean> {
  return (await attempt('docker', ['-H', host, 'image', 'inspect', name])).exitCode === 0;
}

/** A folder to put an image together in; removed afterwards, whatever happens. */
export async function withWorkFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(places.work, name);
  await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
