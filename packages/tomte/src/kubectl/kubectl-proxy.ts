import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GROUP } from '@tomte/api';
import { AppError } from '@tomte/kit';

/** A login may ask a person first. */
const READY_TIMEOUT_MS = 120_000;
const MAX_WORDS_CHARACTERS = 4_096;
const remedy = 'Try `kubectl get --raw /version` with the same flags.';

/** A kubectl that hands requests on to the cluster with the caller's login, over a socket that only they can open. */
export interface KubectlProxy {
  readonly socketPath: string;
  close(): Promise<void>;
}

const program = (): string => process.env['TOMTE_KUBECTL'] ?? 'kubectl';

/** @throws AppError TOMTE_KUBECTL_MISSING, TOMTE_KUBECTL_FAILED */
export async function startKubectlProxy(
  flags: readonly string[],
  signal: AbortSignal,
): Promise<KubectlProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'tomte-kubectl-'));
  const socketPath = join(folder, 'socket');
  const accepted = `^/apis/${GROUP.replaceAll('.', '\\.')}/`;
  const args = [...flags, 'proxy', `--unix-socket=${socketPath}`, `--accept-paths=${accepted}`];
  const child = spawn(program(), args, { stdio: ['inherit', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilServing(child, signal);
    return { socketPath, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function untilServing(child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let words = '';
    const fail = (facts: string): void => reject(failed(facts));
    const deadline = setTimeout(() => fail('kubectl does not answer'), READY_TIMEOUT_MS);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? missing() : failed(error.message)),
    );
    child.once('close', () => fail(words.trim().replaceAll('\n', ' ')));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-MAX_WORDS_CHARACTERS);
        if (words.includes('Starting to serve')) resolve();
      });
    }
    void Promise.resolve().finally(() => child.once('exit', () => clearTimeout(deadline)));
    deadline.unref();
  });
}

/** The namespace of the context, as every verb of kubectl takes it. */
export function contextNamespace(flags: readonly string[]): Promise<string> {
  const args = [...flags, 'config', 'view', '--minify', '--output', 'jsonpath={..namespace}'];
  return new Promise((resolve, reject) => {
    execFile(program(), args, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim() || 'default');
      else reject(error.code === 'ENOENT' ? missing() : failed(stderr.trim().replaceAll('\n', ' ')));
    });
  });
}

function missing(): AppError {
  const how = 'Install kubectl, or name it with TOMTE_KUBECTL.';
  return new AppError('TOMTE_KUBECTL_MISSING', 'there is no kubectl on the path', {
    family: 'user',
    remedy: how,
  });
}

function failed(facts: string): AppError {
  return new AppError('TOMTE_KUBECTL_FAILED', `kubectl: ${facts}`, { family: 'user', remedy });
}
