import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildParserFile } from '@lezer/generator';
import type { Generator } from './generator.ts';
import { headerLine } from './generator.ts';

const GRAMMAR = 'packages/query/src/filter-language/filter.grammar';
const PATH = 'packages/query/src/gen/filter-parser.ts';

/** The tables of the filter language's parser, from its grammar. A warning of the generator is an error here. */
export const filterParserGenerator: Generator = {
  name: 'filter-parser',
  async outputs() {
    const grammar = await readFile(join(import.meta.dirname, '../..', GRAMMAR), 'utf8');
    const { parser } = buildParserFile(grammar, {
      fileName: GRAMMAR,
      exportName: 'filterParser',
      moduleStyle: 'es',
      typeScript: true,
      warn(message) {
        throw new Error(message);
      },
    });
    const body = parser.replace(/^\/\/.*\n/, '');
    return new Map([[PATH, `${headerLine('//', 'filter-parser')}\n${body.trimEnd()}\n`]]);
  },
};
