import type { ReadScope } from '@tomte/store';
import { compileAgentsInRange, compileLostInRange, type TimeRange } from '@tomte/query';
import type { SqlRow, SqlRunner } from './sql-runner.ts';

export interface LostPart {
  readonly reason: string;
  readonly source: string;
  /** Null when none of its rows could say how many. */
  readonly events: number | null;
  readonly bytes: number | null;
  /** Rows of `loss` whose number of events is not known. */
  readonly unknown_count: number;
  readonly from: string;
  readonly to: string;
}

export interface ReportingAgent {
  readonly agent_id: string;
  readonly host_name: string;
  readonly last_time: string;
  readonly governor_step: string;
  /** Batches that it had sealed and nobody had acknowledged when it last spoke: rows still to come. */
  readonly pending_batches: number;
}

/** What an answer lacks, as far as it can be known. */
export interface Completeness {
  /** Nothing was lost in the range, nothing was cut, and at least one agent watched. */
  readonly complete: boolean;
  /** Why not: loss, truncated, sampled, no_agent, namespaces_cut. Empty when complete. */
  readonly incomplete_because: readonly string[];
  readonly truncated: boolean;
  readonly lost: readonly LostPart[];
  /** Empty for those who do not see all namespaces, as the amounts that were lost are null. */
  readonly agents_reporting: readonly ReportingAgent[];
  /** Given when it is not everything: what of the rows the asker sees. */
  readonly scope?: ToldScope;
}

export interface ToldScope {
  readonly namespaces: 'all' | readonly string[];
  readonly content_of: 'all' | readonly string[];
}

export interface LossOfRange {
  readonly lost: readonly LostPart[];
  readonly agents: readonly ReportingAgent[];
}

/** An agent speaks every few seconds: of a shorter range its last words may lie just outside. */
const AGENT_SILENCE_NS = 15_000_000_000n;

export async function lossOfRange(
  sql: SqlRunner,
  range: TimeRange,
  signal: AbortSignal,
): Promise<LossOfRange> {
  const around = {
    fromNs: range.fromNs > AGENT_SILENCE_NS ? range.fromNs - AGENT_SILENCE_NS : 0n,
    toNs: range.toNs + AGENT_SILENCE_NS,
  };
  const [lost, agents] = await Promise.all([
    sql.run({ ...compileLostInRange(range), as: 'views', signal }),
    sql.run({ ...compileAgentsInRange(around), as: 'views', signal }),
  ]);
  return { lost: lost.rows.map(toLostPart), agents: agents.rows.map(toReportingAgent) };
}

/** How much of the rows an asker sees. */
export interface Sight {
  readonly scope: ReadScope;
  readonly seesAllNamespaces: boolean;
  readonly seesEverything: boolean;
  /** There were more namespaces than could be asked about. */
  readonly isCut: boolean;
}

export interface AnswerFacts {
  readonly isTruncated: boolean;
  readonly reading: Sight;
}

export function completenessOf(
  { lost, agents }: LossOfRange,
  { isTruncated, reading }: AnswerFacts,
): Completeness {
  const because = [
    ...(lost.length > 0 ? ['loss'] : []),
    ...(isTruncated ? ['truncated'] : []),
    ...(agents.some((agent) => agent.governor_step === 'sampled' || agent.governor_step === 'counts')
      ? ['sampled']
      : []),
    ...(agents.length === 0 ? ['no_agent'] : []),
    ...(reading.isCut ? ['namespaces_cut'] : []),
  ];
  const { seesAllNamespaces, seesEverything, scope } = reading;
  return {
    complete: because.length === 0,
    incomplete_because: because,
    truncated: isTruncated,
    lost: seesAllNamespaces ? lost : lost.map(withoutAmounts),
    agents_reporting: seesAllNamespaces ? agents : [],
    ...(seesEverything ? {} : { scope: { namespaces: scope.namespaces, content_of: scope.contentOf } }),
  };
}

/** Loss is of all namespaces together: its reason and minutes say that rows may be missing, its amounts would tell of others. */
function withoutAmounts({ reason, source, from, to }: LostPart): LostPart {
  return {
    reason,
    source,
    events: null,
    bytes: null,
    unknown_count: 1,
    from: toMinute(from),
    to: toMinute(to),
  };
}

const toMinute = (time: string): string => time.replace(/:\d\d(?:\.\d+)?Z$/, ':00Z');

/** For answers that are no JSON: a dictionary of RFC 9651. */
export function completenessHeader(completeness: Completeness): string {
  const { complete, truncated, lost, agents_reporting: agents } = completeness;
  const sum = (values: readonly (number | null)[]): number =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const reasons = [...new Set(lost.map((part) => part.reason))].join(' ').replaceAll(/[^\w ]/g, '_');
  return [
    `complete=?${complete ? 1 : 0}`,
    `truncated=?${truncated ? 1 : 0}`,
    `lost-events=${sum(lost.map((part) => part.events))}`,
    `lost-bytes=${sum(lost.map((part) => part.bytes))}`,
    `lost-unknown=${sum(lost.map((part) => part.unknown_count))}`,
    `lost-reasons="${reasons}"`,
    `agents=${agents.length}`,
  ].join(', ');
}

function toLostPart(row: SqlRow): LostPart {
  return {
    reason: text(row['reason']),
    source: text(row['source']),
    events: count(row['events']),
    bytes: count(row['bytes']),
    unknown_count: count(row['unknown_count']) ?? 0,
    from: text(row['from']),
    to: text(row['to']),
  };
}

function toReportingAgent(row: SqlRow): ReportingAgent {
  return {
    agent_id: text(row['agent_id']),
    host_name: text(row['host_name']),
    last_time: text(row['last_time']),
    governor_step: text(row['governor_step']),
    pending_batches: count(row['pending_batches']) ?? 0,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function count(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
