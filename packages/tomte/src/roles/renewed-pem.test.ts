import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority } from '@tomte/workloads';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { type PemFiles, readPemFiles, watchPem } from './renewed-pem.ts';

const folder = mkdtempSync(join(tmpdir(), 'renewed-'));
const authority = makeAuthority(folder, 'authority');
const first = authority.issue('first');
const second = authority.issue('second');
const paths = {
  certificate: join(folder, 'tls.crt'),
  privateKey: join(folder, 'tls.key'),
  authorities: undefined,
};

afterEach(() => void vi.useRealTimers());
afterAll(() => rmSync(folder, { recursive: true }));

function place({ certificate, key }: typeof first): PemFiles {
  copyFileSync(certificate, paths.certificate);
  copyFileSync(key, paths.privateKey);
  const files = readPemFiles(paths);
  if (files === undefined) throw new Error('they fit together');
  return files;
}

it('tells of what is renewed once, and not of half of it', () => {
  vi.useFakeTimers();
  const taken: PemFiles[] = [];
  const stop = watchPem(paths, place(first), (files) => taken.push(files));
  vi.advanceTimersByTime(60_000);
  expect(taken).toEqual([]);
  copyFileSync(second.certificate, paths.certificate);
  vi.advanceTimersByTime(60_000);
  expect([taken, readPemFiles(paths)]).toEqual([[], undefined]);
  const renewed = place(second);
  vi.advanceTimersByTime(60_000);
  expect(taken).toEqual([renewed]);
  stop();
});
