import { rm, writeFile } from 'node:fs/promises';
import { AppError } from '@tomte/kit';

/** An empty file whose presence says that work is being done. Asking for it costs a kubelet no connection. */
export interface ReadyFile {
  make(): Promise<void>;
  remove(): Promise<void>;
}

/** Without a path nothing is made. Throws TOMTE_READY_FILE_UNWRITABLE. */
export function createReadyFile(path: string | undefined): ReadyFile {
  const orSay = (work: Promise<void>): Promise<void> =>
    work.catch((thrown: unknown) => {
      const remedy = 'Name a path in a folder that is there and can be written to.';
      throw AppError.from(thrown, 'TOMTE_READY_FILE_UNWRITABLE', { family: 'user', remedy });
    });
  return {
    make: async () => (path === undefined ? undefined : orSay(writeFile(path, ''))),
    remove: async () => (path === undefined ? undefined : orSay(rm(path, { force: true }))),
  };
}
