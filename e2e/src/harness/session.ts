import { mkdtempSync, rmSync } from 'node:fs';
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
    });
    return { directory, launcher, up, api: new Api(up.url), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
