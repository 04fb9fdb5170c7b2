import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, exitCodeOf } from '@tomte/kit';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';
import { dashboardFiles } from '../dashboards/files.ts';
import { findHelm, renderChart } from './helm.ts';
import { renderReadme } from './readme.ts';
import { renderSchema } from './schema.ts';
import { readValues } from './values.ts';

const usage = `node deploy/chart.ts --check | --write

Makes the table of charts/tomte/README.md and the descriptions of values.schema.json from the comments in values.yaml, and
Grafana's dashboards/*.json; lints the chart, and renders each examples/*/values.yaml into rendered.yaml beside it. --check writes nothing and fails where a
file is stale. Without helm lint and renders are left out.
`;

const chart = join(checkout, 'charts/tomte');

/** Resolves to the exit code. */
export async function runChart(args: readonly string[]): Promise<number> {
  try {
    const mode = parseMode(args);
    if (mode === 'help') process.stdout.write(usage);
    else await renewOrCheck(mode);
    return 0;
  } catch (thrown) {
    const error = AppError.from(thrown, 'CHART_UNEXPECTED', { family: 'unexpected' });
    process.stderr.write(`${error.toLine()}\n`);
    return exitCodeOf(error);
  }
}

type Mode = 'check' | 'write' | 'help';

function parseMode(args: readonly string[]): Mode {
  const flag = { type: 'boolean', default: false } as const;
  const options = { check: flag, write: flag, help: { ...flag, short: 'h' } };
  const { values } = parseArgs({ args: [...args], options, strict: false });
  if (values['help'] === true) return 'help';
  if (values['check'] !== values['write']) return values['check'] === true ? 'check' : 'write';
  throw new AppError('CHART_OPTION_INVALID', 'neither or both of --check and --write are given', {
    family: 'user',
    remedy: 'See `node deploy/chart.ts --help`.',
  });
}

interface Made {
  readonly path: string;
  readonly text: string;
}

async function renewOrCheck(mode: 'check' | 'write'): Promise<void> {
  const files = [...(await docsFiles()), ...(await grafanaFiles())];
  if (mode === 'write') writeStale(files); // The renders have them in them.
  const made = [...files, ...(await rendersAfterLint())];
  const stale = mode === 'write' ? writeStale(made) : made.filter(isStale);
  process.stdout.write(`${made.length} files, ${stale.length} stale\n`);
  if (mode === 'check' && stale.length > 0) throw staleError(stale);
}

function isStale({ path, text }: Made): boolean {
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
}

function writeStale(made: readonly Made[]): readonly Made[] {
  const stale = made.filter(isStale);
  for (const { path, text } of stale) writeFileSync(path, text);
  return stale;
}

async function grafanaFiles(): Promise<readonly Made[]> {
  const folder = join(chart, 'dashboards');
  return (await dashboardFiles(folder)).map(({ name, text }) => ({ path: join(folder, name), text }));
}

async function docsFiles(): Promise<readonly Made[]> {
  const read = (name: string): string => readFileSync(join(chart, name), 'utf8');
  const keys = readValues(read('values.yaml'));
  const readme = join(chart, 'README.md');
  return [
    { path: readme, text: await renderReadme(read('README.md'), keys, readme) },
    { path: join(chart, 'values.schema.json'), text: renderSchema(read('values.schema.json'), keys) },
  ];
}

async function rendersAfterLint(): Promise<readonly Made[]> {
  const helm = await findHelm();
  if (helm === undefined) {
    process.stdout.write('lint and renders are left out: there is no helm; npm run setup brings it\n');
    return [];
  }
  const made: Made[] = [];
  for (const values of globSync('examples/*/values.yaml', { cwd: chart }).toSorted()) {
    const valuesFile = join(chart, values);
    const remedy = 'Mend what the lines above name.';
    await command(helm, ['lint', '--strict', '--quiet', chart, '--values', valuesFile], { remedy });
    const path = join(dirname(valuesFile), 'rendered.yaml');
    made.push({ path, text: await renderChart(helm, chart, valuesFile) });
  }
  return made;
}

function staleError(stale: readonly Made[]): AppError {
  const paths = stale.map(({ path }) => path.slice(checkout.length + 1)).join(', ');
  return new AppError('CHART_FILE_STALE', `not what is made now: ${paths}`, {
    family: 'user',
    remedy: 'Run `pnpm chart --write` and read the difference.',
  });
}
