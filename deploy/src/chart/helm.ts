import { join } from 'node:path';
import { checkout } from '../checkout.ts';
import { command, succeeds } from '../command.ts';

/** The helm of the set-up, else the one on the PATH; undefined when there is none. */
export async function findHelm(): Promise<string | undefined> {
  for (const program of [join(checkout, '.tools/bin/helm'), 'helm'])
    if (await succeeds(program, ['version'])) return program;
  return undefined;
}

const RENDER_NAMESPACE = 'tomte';
/** Renders must not follow whichever cluster is near. */
const KUBERNETES = '1.34.0';

/** Every object that the chart makes of the values, secrets blanked: those are new at each render; files of dashboards by name. */
export async function renderChart(helm: string, chart: string, valuesFile: string): Promise<string> {
  const args = ['template', 'tomte', chart, '--namespace', RENDER_NAMESPACE, '--values', valuesFile];
  const text = await command(helm, [...args, '--kube-version', KUBERNETES], {
    remedy: 'Mend the template or the values that the line above names.',
  });
  return text
    .replaceAll(
      /^( {2}(?:ca\.crt|caBundle|tls\.crt|tls\.key|password|(?:reader|tenant)-password)): \S+$/gm,
      '$1: (generated)',
    )
    .replaceAll(/^( {2}tomte-(\w+\.json): )\|\n(?: {4}.*\n)+/gm, '$1(dashboards/$2)\n');
}
