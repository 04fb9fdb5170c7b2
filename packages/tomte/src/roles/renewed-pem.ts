import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Kubelets and cert-manager put renewed files in place; a look at three small files costs nothing. */
const LOOK_MS = 5_000;

export interface PemPaths {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authorities: string | undefined;
}

export interface PemFiles {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  readonly authorities: Buffer | undefined;
}

/** Calls `take` when the files hold something else that fits together. Keeps no process alive. */
export function watchPem(paths: PemPaths, first: PemFiles, take: (files: PemFiles) => void): () => void {
  let last = first;
  const timer = setInterval(() => {
    const now = readPemFiles(paths);
    if (now === undefined || isSame(now, last)) return;
    last = now;
    take(now);
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Undefined while they are being replaced: a certificate without its key, or nothing. */
export function readPemFiles({ certificate, privateKey, authorities }: PemPaths): PemFiles | undefined {
  try {
    const files = {
      certificate: readFileSync(certificate),
      privateKey: readFileSync(privateKey),
      authorities: authorities === undefined ? undefined : readFileSync(authorities),
    };
    createSecureContext({ cert: files.certificate, key: files.privateKey, ca: files.authorities });
    return files;
  } catch {
    return undefined;
  }
}

function isSame(a: PemFiles, b: PemFiles): boolean {
  if (!a.certificate.equals(b.certificate) || !a.privateKey.equals(b.privateKey)) return false;
  return (a.authorities ?? Buffer.alloc(0)).equals(b.authorities ?? Buffer.alloc(0));
}
