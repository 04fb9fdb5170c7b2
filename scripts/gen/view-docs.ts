import { parity, type ParityEntry, views } from '../../packages/query/src/index.ts';
import type { AnyView, ChartSpec, ViewParam } from '../../packages/query/src/index.ts';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const FOLDER = 'docs/reference/views';

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('{', '\\{');

function paramRow(name: string, param: ViewParam): string {
  const standard =
    param.type === 'text' && param.isRequired === true
      ? 'needed'
      : `\`${param.default === '' ? '(empty)' : param.default}\``;
  const values =
    param.type === 'choice' ? param.choices.map((choice) => `\`${choice}\``).join(' ') : param.type;
  return `| \`${name}\` | ${values} | ${standard} | ${cell(param.meaning)} |`;
}

function chartWords(chart: ChartSpec): string {
  const { kind, ...columns } = chart;
  const named = Object.entries(columns).map(
    ([role, column]) =>
      `${role} ${[column]
        .flat()
        .map((one) => `\`${String(one)}\``)
        .join(', ')}`,
  );
  return named.length === 0 ? kind : `${kind}: ${named.join('; ')}`;
}

function page(view: AnyView): string {
  const params = Object.entries(view.params);
  const links = view.links ?? [];
  const rollups = view.rollups ?? [];
  const lines = [
    headerLine('<!--', 'view-docs'),
    '',
    `# ${view.title} (\`${view.name}\`)`,
    '',
    cell(view.meaning),
    '',
    `\`GET /api/v1/views/${view.name}\`; \`tomte view ${view.name}\`. Reads \`${[view.record.table, ...(view.alsoReads ?? [])].join('`, `')}\`` +
      `${rollups.length === 0 ? '' : ` or \`${rollups.join('`, `')}\``}; any column of [\`${view.record.table}\`](../records/${view.record.table}.md) filters. ` +
      `${view.key === undefined ? 'One answer' : 'Pages by cursor'}, ${view.defaultLimitRows} rows by default, ${view.maxLimitRows} at most. Chart: ${chartWords(view.chart)}.`,
    '',
    ...(params.length === 0
      ? []
      : [
          '| parameter | values | default | meaning |',
          '|---|---|---|---|',
          ...params.map(([name, param]) => paramRow(name, param)),
          '',
        ]),
    '| column | kind | unit | meaning |',
    '|---|---|---|---|',
    ...Object.entries(view.columns).map(
      ([name, { semantic, unit, meaning }]) =>
        `| \`${name}\` | ${semantic} | ${unit ?? ''} | ${cell(meaning)} |`,
    ),
    '',
    ...(links.length === 0
      ? []
      : [
          '| from | to | with |',
          '|---|---|---|',
          ...links.map(
            ({ column, view: target, title, parameters }) =>
              `| \`${column}\` | [${title}](${target}.md) | ${Object.entries(parameters)
                .map(([name, from]) => `\`${name}\` = \`${from}\``)
                .join(', ')} |`,
          ),
          '',
        ]),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function indexPage(): string {
  const lines = [
    headerLine('<!--', 'view-docs'),
    '',
    '# Views',
    '',
    'Questions that are ready to be asked: by `GET /api/v1/views/NAME`, `tomte view NAME` or on the page. What holds for all',
    'of them is in [the API](../api.md); how they compare with the scripts of Pixie, in [parity](parity.md).',
    '',
    '| view | one row is |',
    '|---|---|',
    ...views.map(({ name, meaning }) => `| [\`${name}\`](${name}.md) | ${cell(meaning)} |`),
  ];
  return `${lines.join('\n')}\n`;
}

function parityRow({ script, question, views: named, routes = [], missing }: ParityEntry): string {
  const answers = [...named.map(linked), ...routes.map((route) => `\`${route}\``)];
  const state = missing === '' ? 'there' : answers.length > 0 ? 'in part' : 'not yet';
  return `| \`${script}\` | ${cell(question)} | ${state} | ${answers.join(', ')} | ${cell(missing)} |`;
}

function linked(text: string): string {
  const [name = '', query] = text.split(/\?(.*)/s);
  return `[\`${name}\`](${name}.md)${query === undefined || query === '' ? '' : ` with \`${query}\``}`;
}

function parityPage(): string {
  const count = (is: (entry: ParityEntry) => boolean): number => parity.filter(is).length;
  const hasAnswer = ({ views: named, routes = [] }: ParityEntry): boolean => named.length + routes.length > 0;
  const lines = [
    headerLine('<!--', 'view-docs'),
    '',
    '# The scripts of Pixie, and where they are answered here',
    '',
    `Of ${parity.length} scripts (67 of its bundle \`px\`, the others of \`pxbeta\`, \`bpftrace\` and \`sotw\`) ${count((entry) => entry.missing === '')} are answered,`,
    `${count((entry) => entry.missing !== '' && hasAnswer(entry))} in part, and ${count((entry) => !hasAnswer(entry))} wait for data that no agent collects yet. An empty value after \`=\` is for you to fill in.`,
    '',
    '| script | question | here | by | missing |',
    '|---|---|---|---|---|',
    ...parity.map(parityRow),
  ];
  return `${lines.join('\n')}\n`;
}

/** A page for each view, an index, and the comparison with Pixie. */
export const viewDocsGenerator: Generator = {
  name: 'view-docs',
  outputs() {
    return new Map([
      [`${FOLDER}/README.md`, indexPage()],
      [`${FOLDER}/parity.md`, parityPage()],
      ...views.map((view): [string, string] => [`${FOLDER}/${view.name}.md`, page(view)]),
    ]);
  },
};
