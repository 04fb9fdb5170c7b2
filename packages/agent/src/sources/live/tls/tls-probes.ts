import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keyOfUint32 } from '@tomte/bpf-host';
import type { BpfLink, BpfObject } from '@tomte/bpf-host';
import type { OpenSslPlan } from '@tomte/elf';
import type { UprobeMethod } from '../options.ts';
import { executableOf } from '../process-scan.ts';
import { fileKey, kernelDevice } from '../target-policy.ts';

import { libcryptoBeside, mappedFiles, pathsOf } from './mapped-files.ts';
import type { MappedFile } from './mapped-files.ts';
import { attachPlan, planFile } from './tls-library.ts';
import type { Report, TlsFile } from './tls-library.ts';

/** Libraries that may hold TLS by their names; the executable itself is always looked at. */
const LIBRARY_NAME = /^(libssl|libssl3|libboringssl|libpython3|libnetty_tcnative|libnode)[^/]*\.so|\.node$/;
/** ClickHouse checksums its own code and ends when it finds a probe in it. */
const DENIED = /^clickhouse/i;
/** A library that nobody uses any more stays probed so long: short programs would come too late each time. */
const LINGER_MS = 60_000;
const FILES_MAX = 8192;
/** Processes that are remembered as users of a probed library, the dead among them. */
const USERS_MAX = 65_536;
/** Where distributions keep the system's own libraries: probed from the start, for programs of a few milliseconds. */
const SYSTEM_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

interface Known {
  readonly plan: OpenSslPlan | undefined;
  readonly users: Set<number>;
  readonly name: string;
  link: BpfLink | undefined;
  idleSinceMs: number | undefined;
  isPinned: boolean;
}

/** Attaches to each file with a TLS library once, however many processes use it. */
export class TlsProbes {
  readonly #object: BpfObject;
  readonly #dullFiles: ReturnType<BpfObject['map']>;
  readonly #method: UprobeMethod;
  readonly #report: Report;
  readonly #files = new Map<string, Known>();
  readonly #users = new Set<number>();

  constructor(objects: { tls: BpfObject; callReturns: BpfObject }, method: UprobeMethod, report: Report) {
    this.#object = objects.tls;
    this.#dullFiles = objects.callReturns.map('dull_files');
    this.#method = method;
    this.#report = report;
  }

  /** Libraries of the system, before any program asks for them. */
  attachSystemLibraries(): void {
    const paths = SYSTEM_FOLDERS.flatMap((folder) => listLibraries(folder));
    for (const path of new Set(paths)) {
      const { dev, ino } = statSync(path);
      const file = { device: kernelDevice(dev), inode: ino, path, range: '' };
      const known = this.#look(file, { path, libcrypto: libcryptoBeside(path) });
      if (known?.link !== undefined) known.isPinned = true;
    }
  }

  /** Looks at everything that a process runs code of. */
  consider(pid: number): void {
    const executable = executableOf(pid);
    if (executable === undefined || DENIED.test(basename(executable))) return;
    const files = mappedFiles(pid);
    for (const file of files) {
      if (file.path !== executable && !LIBRARY_NAME.test(basename(file.path))) {
        this.#markDull(file);
        continue;
      }
      const known = this.#look(file, pathsOf(pid, file, files));
      if (known !== undefined) this.#use(known, pid);
    }
  }

  #use(known: Known, pid: number): void {
    known.users.add(pid);
    if (known.link === undefined) return;
    this.#users.delete(pid); // Behind the others: the oldest go first.
    this.#users.add(pid);
    if (this.#users.size <= USERS_MAX) return;
    const oldest = this.#users.values().next();
    if (oldest.done !== true) this.#users.delete(oldest.value);
  }

  /** A process has become another program: what it used before says nothing any more. */
  considerNewProgram(pid: number): void {
    this.#users.delete(pid);
    this.consider(pid);
  }

  /** A process mapped code of a file. */
  considerMapping(mapping: { readonly pid: number; readonly device: number; readonly inode: number }): void {
    const known = this.#files.get(keyOf(mapping));
    if (known?.link !== undefined) {
      this.#use(known, mapping.pid);
      known.idleSinceMs = undefined;
      return;
    }
    this.consider(mapping.pid);
  }

  /** Of a process that has just ended as well: its connections may outlive it. */
  isUsedBy(pid: number): boolean {
    return this.#users.has(pid);
  }

  forget(pid: number, nowMs: number): void {
    for (const known of this.#files.values()) {
      if (!known.users.delete(pid)) continue;
      if (known.users.size === 0 && !known.isPinned) known.idleSinceMs = nowMs;
    }
  }

  /** Detaches from what has been idle for long. */
  tidy(nowMs: number): void {
    for (const [key, known] of this.#files) {
      if (known.idleSinceMs === undefined || nowMs - known.idleSinceMs < LINGER_MS) continue;
      known.link?.close();
      this.#files.delete(key);
      this.#report({
        probe: 'openssl',
        target: known.name,
        state: 'detached',
        method: this.#method,
        detail: 'no process uses it',
      });
    }
  }

  close(): void {
    for (const known of this.#files.values()) known.link?.close();
    this.#files.clear();
  }

  #look(file: MappedFile, paths: Pick<TlsFile, 'path' | 'libcrypto'>): Known | undefined {
    const key = keyOf(file);
    const found = this.#files.get(key);
    if (found !== undefined) {
      found.idleSinceMs = undefined;
      return found;
    }
    if (this.#files.size >= FILES_MAX) return undefined;
    const plan = attempt(() => planFile(paths.path));
    if (plan === undefined) this.#markDull(file);
    const link =
      plan === undefined
        ? undefined
        : attachPlan(this.#object, this.#method, { ...paths, name: file.path, plan }, this.#report);
    const known = {
      plan,
      link,
      users: new Set<number>(),
      name: file.path,
      idleSinceMs: undefined,
      isPinned: false,
    };
    this.#files.set(key, known);
    return known;
  }

  #markDull(file: MappedFile): void {
    this.#dullFiles.update(fileKey(file.device, file.inode), keyOfUint32(1));
  }
}

function keyOf(file: { readonly device: number; readonly inode: number }): string {
  return `${String(file.device)}:${String(file.inode)}`;
}

/** Gone processes and files are no failure. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function listLibraries(folder: string): string[] {
  const names = attempt(() => readdirSync(folder)) ?? [];
  return names
    .filter((name) => /^libssl[^/]*\.so/.test(name))
    .flatMap((name) => attempt(() => realpathSync(join(folder, name))) ?? []);
}
