import type { Names, Plan } from './plan.ts';
import { fillTemplate } from './template.ts';

const IDS = 'packages/model/src/protocol-id.ts';
const REGISTRY = 'packages/protocols/src/registry.ts';
const PARTS = ['connection', 'exchange', 'frame', 'index', 'recognise'];

/** A protocol: a working parser of lines to start from, a number, and one place in the registry. */
export function planProtocol(names: Names, read: (path: string) => string): Plan {
  const folder = `packages/protocols/src/${names.kebab}`;
  const parts = PARTS.map((part) => [`${folder}/${part}.ts`, fillTemplate(`protocol/${part}.ts`, names)]);
  const { camel, snake, kebab } = names;
  return {
    files: {
      ...(Object.fromEntries(parts) as Record<string, string>),
      [`${folder}/${kebab}.test.ts`]: fillTemplate('protocol/test.ts', names),
    },
    insertions: [
      {
        kind: 'entry',
        path: IDS,
        opener: /^export const protocolId\b/,
        line: `  ${snake}: ${nextId(read(IDS))},`,
      },
      { kind: 'import', path: REGISTRY, line: `import { ${camel} } from './${kebab}/index.ts';` },
      {
        kind: 'entry',
        path: REGISTRY,
        opener: /^export const parsers\b/,
        line: camel === snake ? `  ${camel},` : `  ${snake}: ${camel},`,
      },
    ],
    next: [
      'pnpm gen   (the stored enumeration of protocols, its migration, the reference)',
      `Write ${folder}: recognise.ts says which bytes open it, frame.ts what a frame is, exchange.ts what is stored.`,
      `Put captured traffic into packages/protocols/testdata/${kebab}/ and expect its exchanges.`,
      `pnpm exec vitest run packages/protocols && pnpm check`,
    ],
  };
}

/** One above the highest number in use: a number is for ever. */
function nextId(source: string): number {
  const numbers = [...source.matchAll(/^ {2}\w+: (\d+),$/gm)].map((match) => Number(match[1]));
  return Math.max(...numbers) + 1;
}
