import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launcher, LaunchedProgram } from './launch.ts';
import { findFreePort } from './ports.ts';
import { waitForPort } from './wait-for-port.ts';

export interface PythonService {
  readonly port: number;
  readonly accessLog: string;
  readonly program: LaunchedProgram;
}

export function assetPath(name: string): string {
  return fileURLToPath(new URL(`../assets/${name}`, import.meta.url));
}

/** Python that leaves no compiled files beside its sources. */
export function startPython(
  launcher: Launcher,
  asset: string,
  args: readonly string[],
  outputFile: string,
): Promise<LaunchedProgram> {
  return launcher.start('python3', ['-B', assetPath(asset), ...args], { outputFile });
}

/** A service on python3's own http.server, of `assets/NAME.py`: by default the one behind nginx's /api/. */
export async function startPythonService(
  launcher: Launcher,
  directory: string,
  { name = 'service', args = [] }: { readonly name?: string; readonly args?: readonly string[] } = {},
): Promise<PythonService> {
  const port = await findFreePort();
  const accessLog = join(directory, `${name}.log`);
  const all = [String(port), accessLog, ...args];
  const program = await startPython(launcher, `${name}.py`, all, join(directory, `${name}.out`));
  await waitForPort(port);
  return { port, accessLog, program };
}
