import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';
import { boards } from '../dashboards/files.ts';
import { findHelm } from './helm.ts';

const chart = join(checkout, 'charts/tomte');
/** Of etcd and the API server, for a whole ConfigMap. */
const MAX_OBJECT_BYTES = 1_048_576;

interface ConfigMap {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data: Readonly<Record<string, string>>;
}

async function render(helm: string, ...set: readonly string[]): Promise<readonly ConfigMap[]> {
  const values = set.flatMap((one) => ['--set-string', one]);
  const args = ['template', 'tomte', chart, '-n', 'watch', '--set', 'dashboards.enabled=true', ...values];
  const text = await command(helm, [...args, '-s', 'templates/dashboards.yaml'], {
    remedy: 'Mend the template.',
  });
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => document.toJS() as ConfigMap); // Proof: the only kind of that template.
}

describe('the chart makes of each dashboard a ConfigMap', () => {
  it('with the label that the sidecar looks for, and the file as it is', async ({ skip }) => {
    const helm = await findHelm();
    if (helm === undefined) return skip('there is no helm');
    const maps = await render(helm);
    expect(maps.map(({ metadata }) => metadata.name).toSorted()).toEqual(
      boards.map(({ name }) => `tomte-dashboard-${name}`).toSorted(),
    );
    for (const map of maps) {
      expect(map).toMatchObject({
        kind: 'ConfigMap',
        metadata: { namespace: 'watch', labels: { grafana_dashboard: '1' } },
      });
      const [[name = '', text = ''] = []] = Object.entries(map.data);
      const file = readFileSync(join(chart, 'dashboards', name.replace(/^tomte-/, '')), 'utf8');
      expect(JSON.parse(text)).toEqual(JSON.parse(file));
      expect(Buffer.byteLength(JSON.stringify(map))).toBeLessThan(MAX_OBJECT_BYTES);
    }
  });

  it('where and with what the values say, with links to the page that they name', async ({ skip }) => {
    const helm = await findHelm();
    if (helm === undefined) return skip('there is no helm');
    const maps = await render(
      helm,
      ...['dashboards.namespace=grafana', 'dashboards.annotations.grafana_folder=Tomte'],
      ...['dashboards.pageUrl=https://tomte.example/', 'dashboards.labels.grafana_dashboard=yes'],
    );
    for (const { metadata, data } of maps) {
      expect(metadata).toMatchObject({
        namespace: 'grafana',
        labels: { grafana_dashboard: 'yes' },
        annotations: { grafana_folder: 'Tomte' },
      });
      const text = Object.values(data).join('');
      expect(text).not.toContain('127.0.0.1');
      expect(text).toContain(
        '"current": { "selected": true, "text": "https://tomte.example", "value": "https://tomte.example" }',
      );
    }
  });
});
