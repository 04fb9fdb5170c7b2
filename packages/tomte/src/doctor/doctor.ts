import { hasColor, type Io } from '@tomte/cli';
import type { Check } from './check.ts';
import { featureChecks } from './features.ts';
import { triedChecks } from './tried.ts';
import { attachChecks } from './attached.ts';
import { readSystemText, systemChecks } from './checks-of-system.ts';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly token?: string;
}

/** Looks at this machine and says whether it can capture. Exit code 0 when it can, 1 when not. */
export async function runDoctor(options: DoctorOptions, io: Io): Promise<number> {
  const system = systemChecks(readSystemText);
  const tried = await triedChecks();
  const features = [...featureChecks(readSystemText), ...tried.features];
  const probes = await attachChecks(options, io);
  const isAble = ![...system, ...features, ...tried.probes].some((check) => check.state === 'fail');
  if (options.json === true) {
    await io.out(`${JSON.stringify({ is_able: isAble, system, features, tried: tried.probes, probes })}\n`);
    return isAble ? 0 : 1;
  }
  await io.out(
    [
      section('System', system, io),
      section('Kernel features', features, io),
      section('Probes, tried for a moment', tried.probes, io),
      section('Probes of a running agent', probes, io),
    ].join('\n'),
  );
  await io.out(
    `\n${isAble ? 'This machine can capture.' : 'This machine cannot capture: mend what is marked "fail".'}\n`,
  );
  return isAble ? 0 : 1;
}

const colors: Readonly<Record<Check['state'], string>> = { ok: '32', warn: '33', fail: '31', info: '2' };

function section(title: string, checks: readonly Check[], io: Io): string {
  if (checks.length === 0) return '';
  const nameWidth = Math.max(...checks.map((check) => check.name.length));
  const lines = checks.map(({ name, state, value, remedy }) => {
    const mark = state.padEnd(4);
    const shown = hasColor(io) ? `\x1b[${colors[state]}m${mark}\x1b[0m` : mark;
    return `  ${shown}  ${name.padEnd(nameWidth)}  ${value}\n${remedy === '' ? '' : `        → ${remedy}\n`}`;
  });
  return `${title}\n${lines.join('')}`;
}
