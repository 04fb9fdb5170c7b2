import type { AnyView } from '@tomte/query';
import { isFullScope, type ReadScope } from '@tomte/store';
import { namespacedTables, otherTables } from '@tomte/model';
import type { Question, TimeRange } from '@tomte/query';
import { type LossOfRange, lossOfRange, type Sight } from '../completeness.ts';
import { apiError } from '../errors.ts';
import type { BytesFormat, SqlResult, SqlRunner, SqlStatement } from '../sql-runner.ts';
import type { Caller } from './caller.ts';
import type { ClusterAccess } from './cluster-access.ts';

const everything: ReadScope = { namespaces: 'all', contentOf: 'all' };

/** What is read for one request: every way to rows goes through it, bound to what its asker may see. */
export class Reading implements Sight {
  readonly scope: ReadScope;
  readonly isCut: boolean;
  readonly #sql: SqlRunner;

  constructor(sql: SqlRunner, scope: ReadScope = everything, isCut = false) {
    this.#sql = sql;
    this.scope = scope;
    this.isCut = isCut;
  }

  get seesAllNamespaces(): boolean {
    return this.scope.namespaces === 'all';
  }

  get seesEverything(): boolean {
    return isFullScope(this.scope);
  }

  /** The rows of one namespace, with the names of others as far as they are told at all. Throws API_NOTHING_VISIBLE. */
  within(namespace: string): Reading {
    const { namespaces, contentOf, peersOf = namespaces } = this.scope;
    if (namespaces !== 'all' && !namespaces.includes(namespace)) throw notVisible(namespace);
    const isTold = contentOf === 'all' || contentOf.includes(namespace);
    return new Reading(this.#sql, { namespaces: [namespace], contentOf: isTold ? [namespace] : [], peersOf });
  }

  run(statement: Omit<SqlStatement, 'scope'>): Promise<SqlResult> {
    return this.#sql.run(this.seesEverything ? statement : { ...statement, scope: this.scope });
  }

  bytes(statement: Omit<SqlStatement, 'scope'>, format: BytesFormat): Promise<Uint8Array> {
    return this.#sql.bytes(this.seesEverything ? statement : { ...statement, scope: this.scope }, format);
  }

  /** What is missing in a time is asked as ourselves: all of it counts, and `completenessOf` tells what may be told. */
  lossOf(range: TimeRange, signal: AbortSignal): Promise<LossOfRange> {
    return lossOfRange(this.#sql, range, signal);
  }

  /** Throws where the view's rows are about the agents: those are for readers of all namespaces. */
  requireView({ name, record, alsoReads = [] }: AnyView): void {
    if (this.seesAllNamespaces) return;
    if ([record.table, ...alsoReads].every((table) => visibleTables.has(table))) return;
    throw clusterReaderNeeded(`the view ${name} is about the agents or the cluster`);
  }

  /** Sums by the minute mix namespaces: who sees some of them is answered from the rows. */
  fitQuestion(question: Question): Question {
    if (this.seesAllNamespaces || !('source' in question.values)) return question;
    return { ...question, values: { ...question.values, source: 'raw' } };
  }
}

const visibleTables: ReadonlySet<string> = new Set([
  ...namespacedTables,
  ...Object.entries(otherTables).flatMap(([table, told]) => (told === 'reasons_and_times' ? [table] : [])),
]);

export function clusterReaderNeeded(facts: string): Error {
  const remedy =
    'Ask about all namespaces (`kubectl tomte … -A`), as someone who may list pods and get their logs in all of them.';
  return apiError('API_CLUSTER_READER_NEEDED', facts, { family: 'user', remedy });
}

/** What a caller may read. Rejects with API_NOTHING_VISIBLE when that is nothing. */
export async function readingOf(
  sql: SqlRunner,
  caller: Caller,
  cluster: ClusterAccess | undefined,
): Promise<Reading> {
  if (caller.kind === 'operator' || cluster === undefined) return new Reading(sql);
  const { namespaces, logsOf, isCut } = await cluster.podAccess(caller.asker);
  if (namespaces !== 'all' && namespaces.length === 0) throw nothingVisible(caller.asker.name);
  return new Reading(sql, { namespaces, contentOf: logsOf }, isCut);
}

function notVisible(namespace: string): Error {
  const remedy = 'Ask for a role that may get pods there, such as `view`.';
  const facts = `you may not get pods in ${JSON.stringify(namespace)}`;
  return apiError('API_NOTHING_VISIBLE', facts, { family: 'user', remedy });
}

function nothingVisible(name: string): Error {
  const remedy = 'Ask for a role that may get pods in a namespace, such as `view`.';
  const facts = `${JSON.stringify(name.slice(0, 120))} may get pods in no namespace`;
  return apiError('API_NOTHING_VISIBLE', facts, { family: 'user', remedy });
}
