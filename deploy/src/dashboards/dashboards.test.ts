import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRID_SECONDS, metricNames } from '@tomte/query';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkout } from '../checkout.ts';
import { buildBoard } from './board.ts';
import { checkExpression } from './check-expression.ts';
import { boards } from './files.ts';
import { queriesOf, variableQueriesOf } from './parts.ts';
import { GrafanaSchema } from './testing/grafana-schema.ts';

const folder = join(checkout, 'charts/tomte/dashboards');
const MAX_CONFIG_MAP_BYTES = 1_048_576;
const SCHEMA_TIMEOUT_MS = 240_000;

interface ShippedPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly options?: unknown;
  readonly fieldConfig?: { readonly defaults: { readonly custom?: unknown } };
}

interface Shipped {
  readonly uid: string;
  readonly panels: readonly ShippedPanel[];
}

const shipped = boards.map(({ name }) => {
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  return { name, text, json: JSON.parse(text) as Shipped }; // Proof: its shape is what the schema test asserts.
});

describe('dashboards as they ship', () => {
  let schema: GrafanaSchema;
  beforeAll(() => {
    schema = new GrafanaSchema();
  }, SCHEMA_TIMEOUT_MS);

  it.each(shipped)('$name is what the types of Grafana allow', ({ json }) => {
    const problems = [...schema.problemsOf('dashboard', json)];
    for (const { type, options, fieldConfig } of json.panels) {
      if (type === 'row') continue;
      problems.push(...schema.problemsOf(`${type}Options`, options ?? {}));
      const custom = fieldConfig?.defaults.custom;
      if (custom !== undefined) problems.push(...schema.problemsOf(`${type}FieldConfig`, custom));
    }
    expect(problems).toEqual([]);
  });

  it('a property that Grafana does not know, and a value that it does not take, are found', () => {
    const [first] = shipped;
    const problems = schema.problemsOf('dashboard', { ...first?.json, refreshes: '5s', graphTooltip: 7 });
    expect(problems.join('\n')).toMatch(/additional properties.*"refreshes"/);
    expect(problems.join('\n')).toMatch(/dashboard\/graphTooltip/);
    expect(schema.problemsOf('statOptions', { graphMode: 'pie' })).not.toEqual([]);
  });

  it('have addresses of their own that stay, panels with ids, and fit into a ConfigMap', () => {
    expect(shipped.map(({ json }) => json.uid)).toEqual([
      'tomte-cluster',
      'tomte-namespace',
      'tomte-service',
      'tomte-processes',
      'tomte-agents',
    ]);
    for (const { text, json } of shipped) {
      const ids = json.panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Buffer.byteLength(text)).toBeLessThan(MAX_CONFIG_MAP_BYTES);
    }
  });
});

describe.each(boards)('the dashboard $name', (board) => {
  const dashboard = buildBoard(board);
  const variables = new Set(dashboard.templating?.list?.map(({ name }) => name));

  it('asks for declared metrics and labels only, of variables that it has', () => {
    for (const { expr } of queriesOf(dashboard)) {
      expect(checkExpression(expr).size, expr).toBeGreaterThan(0);
      for (const [, name = ''] of expr.matchAll(/\$(?!__)(\w+)/g)) expect(variables, expr).toContain(name);
    }
    for (const query of variableQueriesOf(dashboard).values()) {
      const [, selector = '', label = ''] = /^label_values\((.+),(\w+)\)$/.exec(query) ?? [];
      expect(checkExpression(`sum by (${label}) (${selector})`).size, query).toBe(1);
    }
  });

  it('names lines by labels that the query keeps', () => {
    for (const { expr, legend, panel } of queriesOf(dashboard))
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
        expect(expr, panel).toMatch(new RegExp(`by \\([^)]*\\b${label}\\b`));
  });

  it('leads to dashboards and variables that there are', () => {
    const links = [...JSON.stringify(dashboard).matchAll(/"\/d\/([\w-]+)\?([^"\\]*)/g)];
    for (const [, uid, query = ''] of links) {
      const target = boards.map(buildBoard).find((other) => other.uid === uid);
      const known = target?.templating?.list?.map(({ name }) => name);
      for (const [, name] of query.matchAll(/var-(\w+)=|\$\{(\w+):queryparam\}/g))
        if (name !== undefined) expect(known).toContain(name);
    }
    expect(JSON.stringify(dashboard)).toContain('${tomte}/#/services?from=${__from}&to=${__to}');
  });
});

it('shows every metric that is declared', () => {
  const asked = boards.flatMap((board) =>
    queriesOf(buildBoard(board)).flatMap(({ expr }) => [...checkExpression(expr)]),
  );
  const families = new Set(
    metricNames.filter(({ name }) => asked.includes(name)).map(({ family }) => family.name),
  );
  expect([...families].toSorted()).toEqual(
    [...new Set(metricNames.map(({ family }) => family.name))].toSorted(),
  );
});

it('choose the data source that the file for provisioning makes, on the grid of the samples', () => {
  const file = join(checkout, 'deploy/grafana/provisioning/datasources/tomte.yaml');
  const { datasources } = parse(readFileSync(file, 'utf8')) as {
    readonly datasources: readonly { readonly uid: string }[];
  }; // Proof: compared next.
  expect(datasources).toMatchObject([
    {
      type: 'prometheus',
      access: 'proxy',
      jsonData: { timeInterval: `${GRID_SECONDS}s`, httpMethod: 'POST' },
    },
  ]);
  for (const { text } of shipped) expect(text).toContain(`"value": "${datasources[0]?.uid}"`);
});

describe('an expression', () => {
  it.each([
    ['sum(rate(nothing_total[5m]))', /no metric nothing_total/],
    ['sum by (pod) (tomte_agent_up)', /tomte_agent_up has no label pod/],
    ['tomte_agent_up{job="x"}', /no label job/],
    ['sum by (le) (http_server_request_duration_seconds_count)', /no label le/],
  ])('%s is refused', (expr, facts) => {
    expect(() => checkExpression(expr)).toThrow(facts);
  });
});
