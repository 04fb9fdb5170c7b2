import type { LookedAt } from '@tomte/promql';
import type { Reading } from '../access/reading.ts';
import { type Completeness, completenessOf, type LostPart } from '../completeness.ts';
import type { Notes } from './envelope.ts';

/** Reasons for which something was lost that are told one by one. */
const MAX_REASONS = 20;

export interface NotesQuestion {
  readonly reading: Reading;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** What the answer lacks, as Prometheus' warnings and infos. */
export async function completenessNotes(
  lookedAt: LookedAt | undefined,
  question: NotesQuestion,
): Promise<Notes> {
  if (lookedAt === undefined) return { warnings: [], infos: [] };
  const { reading, nowMs, signal } = question;
  const fromMs = Math.max(0, Math.min(lookedAt.fromMs, nowMs));
  const toMs = Math.max(fromMs + 1, Math.min(lookedAt.toMs, nowMs));
  const range = {
    fromNs: BigInt(Math.floor(fromMs)) * 1_000_000n,
    toNs: BigInt(Math.ceil(toMs)) * 1_000_000n,
  };
  const loss = await reading.lossOf(range, signal);
  return toNotes(completenessOf(loss, { isTruncated: false, reading }));
}

function toNotes({ incomplete_because: because, lost, scope }: Completeness): Notes {
  const warnings = [
    ...lost.slice(0, MAX_REASONS).map(lostText),
    ...(lost.length > MAX_REASONS ? [`Tomte: and ${lost.length - MAX_REASONS} more reasons of loss`] : []),
    ...(because.includes('sampled') ? ['Tomte: an agent sampled, or only counted, in this time'] : []),
    ...(because.includes('no_agent') ? ['Tomte: no agent reported in this time'] : []),
    ...(because.includes('namespaces_cut')
      ? ['Tomte: there are more namespaces than could be asked about']
      : []),
  ];
  const namespaces = scope?.namespaces ?? 'all';
  const infos =
    namespaces === 'all' ? [] : [`Tomte: the answer is about the namespaces ${namespaces.join(', ')}`];
  return { warnings, infos };
}

function lostText({ reason, source, events, bytes }: LostPart): string {
  const amounts = [events === null ? 'an unknown number of events' : `${events} events`];
  if (bytes !== null && bytes > 0) amounts.push(`${bytes} bytes`);
  return `Tomte: lost in this time: ${amounts.join(', ')} (${reason}, ${source})`;
}
