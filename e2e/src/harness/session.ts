import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpProcess, type UpProcessOptions } from '@tomte/tomte/up-process';
import { Launcher } from '@tomte/workloads';
import { Api } from './api.ts';

/** A folder, a launcher whose children alone are captured, and a running `tomte up`. */
export interface Session {
  readonly directory: string;
  readonly launcher: Launcher;
  readonly up: UpProcess;
  readonly api: Api;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Beside `--only pid:LAUNCHER`. */
  readonly args?: readonly string[];
  readonly onEvent?: UpProcessOptions['onEvent'];
  /** Temporary files of Tomte go to `temporaryFolder` of the session, where only the test looks. */
  readonly hasOwnTemporaryFolder?: boolean;
}

export function temporaryFolder(directory: string): string {
  return join(directory, 'temporary');
}

export async function startSession(name: string, options: SessionOptions = {}): Promise<Session> {
  const directory = mkdtempSync(join(tmpdir(), `tomte-e2e-${name}-`));
  const launcher = new Launcher();
  let up: UpProcess | undefined;
  const close = async (): Promise<void> => {
    await launcher.close();
    await up?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    up = await UpProcess.start({
      dataDir: join(directory, 'data'),
      args: ['--only', `pid:${launcher.pid}`, ...(options.args ?? [])],
      ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
      ...(options.hasOwnTemporaryFolder === true ? { env: { TMPDIR: makeTemporaryFolder(directory) } } : {}),
    });
    return { directory, launcher, up, api: new Api(up.url), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function makeTemporaryFolder(directory: string): string {
  const folder = temporaryFolder(directory);
  mkdirSync(folder);
  return folder;
}
