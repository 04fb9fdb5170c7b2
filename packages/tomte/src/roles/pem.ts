import { readFile } from 'node:fs/promises';
import { AppError } from '@tomte/kit';

export function readPem(path: string): Promise<Buffer> {
  return readFile(path).catch((thrown: unknown) => {
    const remedy = 'Name a PEM file that can be read.';
    throw AppError.from(thrown, 'TOMTE_PEM_UNREADABLE', { family: 'user', remedy });
  });
}
