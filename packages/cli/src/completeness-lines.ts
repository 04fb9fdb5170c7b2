import type { JsonObject } from './api-client.ts';
import { formatBytes } from './format-value.ts';
import { neutralText } from './neutral-text.ts';

/** What people must know beside the rows: how many, whether there are more, what is missing and why. */
export function completenessLines(answer: JsonObject, rowCount: number): string {
  const completeness = objectOf(answer['completeness']);
  const lines: string[] = [];
  if (completeness['truncated'] === true) {
    lines.push(`${rowCount} rows, and there are more: raise --limit, or narrow the question.`);
  }
  const because = listOf(completeness['incomplete_because']);
  if (because.includes('no_agent')) lines.push('No agent reported in this time: nobody watched.');
  if (because.includes('sampled')) lines.push('An agent was over its budget and sampled.');
  for (const part of listOf(completeness['agents_silent'])) {
    lines.push(`Agent ${show(objectOf(part)['url'])} did not answer: ${show(objectOf(part)['problem'])}.`);
  }
  lines.push(...listOf(completeness['lost']).map((part) => lostLine(objectOf(part))));
  if (rowCount === 0 && lines.length === 0) lines.push('No rows, and nothing was lost: nothing matches.');
  return lines.map((line) => `${line}\n`).join('');
}

function lostLine(part: JsonObject): string {
  const events = part['events'];
  const bytes = part['bytes'];
  const amounts = [
    // Bytes of events that are there: no event is lost.
    ...(events === 0 && typeof bytes === 'number' && bytes > 0 ? [] : [eventsOf(events)]),
    ...(typeof bytes === 'number' ? [formatBytes(bytes)] : []),
  ];
  return `Lost: ${show(part['reason'])} (${show(part['source'])}): ${amounts.join(', ')}.`;
}

function eventsOf(events: unknown): string {
  return typeof events === 'number' ? `${events} events` : 'an unknown number of events';
}

function show(value: unknown): string {
  return neutralText(typeof value === 'string' ? value : '');
}

export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}; // Proof: the test before.
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
