import { columnPlansGenerator } from './column-plans.ts';
import { ddlGenerator } from './ddl.ts';
import { filterParserGenerator } from './filter-parser.ts';
import type { Generator } from './generator.ts';
import { metricDocsGenerator } from './metric-docs.ts';
import { migrationsGenerator } from './migrations.ts';
import { protobufGenerator } from './protobuf.ts';
import { recordDocsGenerator } from './record-docs.ts';
import { viewDocsGenerator } from './view-docs.ts';

/** Every generator; the order is that of the messages only. Add one here. */
export const generators: readonly Generator[] = [
  ddlGenerator,
  migrationsGenerator,
  columnPlansGenerator,
  protobufGenerator,
  recordDocsGenerator,
  filterParserGenerator,
  viewDocsGenerator,
  metricDocsGenerator,
];
