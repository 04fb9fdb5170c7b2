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

/** The service behind nginx's /api/: python3's own http.server. */
export async function startPythonService(launcher: Launcher, directory: string): Promise<PythonService> {
  const port = await findFreePort();
  const accessLog = join(directory, 'service.log');
  const program = await launcher.start('python3', [assetPath('service.py'), String(port), accessLog], {
    outputFile: join(directory, 'service.out'),
  });
  await waitForPort(port);
  return { port, accessLog, program };
}
