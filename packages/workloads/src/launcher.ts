import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';

/**
 * A program of its own: starts the commands that its parent asks for, so that an agent can be told to
 * observe this one process and its children before any of them exists. When the parent is gone, however
 * it ended, the commands are ended too.
 */
export interface LaunchRequest {
  readonly id: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly outputFile: string;
}

export type LauncherMessage =
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
    };

const children = new Set<ChildProcess>();

function launch(request: LaunchRequest): void {
  const output = openSync(request.outputFile, 'a');
  const child = spawn(request.command, request.args, {
    stdio: ['ignore', output, output],
    // A session of its own: Ctrl-C is for the parent, who ends them in order, their logs written.
    detached: true,
    env: { ...process.env, ...request.env },
  });
  children.add(child);
  child.once('spawn', () => tell({ kind: 'started', id: request.id, pid: child.pid ?? 0 }));
  child.once('error', () => tell({ kind: 'ended', id: request.id, code: 127, signal: null }));
  child.once('exit', (code, signal) => {
    children.delete(child);
    tell({ kind: 'ended', id: request.id, code, signal });
  });
}

function tell(message: LauncherMessage): void {
  if (process.connected) process.send?.(message);
}

process.on('message', (request: LaunchRequest) => launch(request));
process.on('disconnect', () => {
  for (const child of children) child.kill('SIGTERM');
  setTimeout(() => process.exit(0), 300);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
