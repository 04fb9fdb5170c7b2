import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { extname, join, relative } from 'node:path';

/** One file of the page, in the form in which it is sent. */
export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly encoding: 'br' | 'gzip' | undefined;
  readonly bytes: number;
  readonly etag: string;
  open(): Readable;
}

/** The files that were there when it was read: an address names one of them or nothing. */
export interface PageFiles {
  find(name: string, acceptEncoding: string | undefined): PageFile | undefined;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
/** Best first. Browsers take `br` over TLS and on this machine only. */
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const DOCUMENT = 'index.html';

/** Read once, and again when the document that names them is another: the page was built anew. */
export function readPageFiles(folder: string): PageFiles {
  let read = { files: listFiles(folder), changedMs: changedMsOf(folder) };
  return {
    find(name, acceptEncoding = '') {
      const changedMs = name === DOCUMENT ? changedMsOf(folder) : read.changedMs;
      if (changedMs !== read.changedMs) read = { files: listFiles(folder), changedMs };
      const taken = encodings.find(
        ([encoding, suffix]) => accepts(acceptEncoding, encoding) && read.files.has(`${name}${suffix}`),
      );
      return read.files.get(`${name}${taken?.[1] ?? ''}`);
    },
  };
}

function changedMsOf(folder: string): number {
  return statSync(join(folder, DOCUMENT), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function listFiles(folder: string): ReadonlyMap<string, PageFile> {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path), describe(folder, path)]));
}

function describe(folder: string, path: string): PageFile {
  const content = readFileSync(path);
  const found = encodings.find(([, suffix]) => path.endsWith(suffix));
  const plain = found === undefined ? path : path.slice(0, -found[1].length);
  return {
    name: relative(folder, plain),
    type: types[extname(plain)] ?? 'application/octet-stream',
    encoding: found?.[0],
    bytes: content.byteLength,
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    open: () => createReadStream(path),
  };
}

/** As far as browsers say it: a coding that is named and not with `q=0`. */
function accepts(header: string, encoding: string): boolean {
  return new RegExp(`(?:^|,)\\s*${encoding}\\s*(?:$|,|;(?!\\s*q=0(?:\\.0*)?\\s*(?:$|,)))`, 'i').test(header);
}
