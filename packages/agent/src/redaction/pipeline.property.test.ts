import { expandBlocks } from '@tomte/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MaskingSink } from '../recording/masking-sink.ts';
import type { DataEvent, EventSink } from '../sources/source.ts';
import { buildConnection, buildProcess, ConversationBuilder } from '../testing/event-builders.ts';
import { makeHarness } from '../testing/pipeline-harness.ts';
import { fourOfSecret, namedForms, patternForms, secretText } from '../testing/secret-forms.ts';
import { createRedactor } from './rule-redactor.ts';
import { defaultRedactionRules } from './rules.ts';

const forms = Object.entries({ ...namedForms, ...patternForms });
/** Bodies are kept up to 2 KiB: paddings bring the cut before, into and behind the secret. */
const padding = fc.oneof(fc.nat({ max: 64 }), fc.integer({ min: 1_850, max: 2_060 }));
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const bodyPlaces = [
  ['request', 'body'],
  ['request', 'chunks'],
  ['response', 'body'],
  ['response', 'chunks'],
] as const;
const places = [...bodyPlaces, ['request', 'query'], ['request', 'header'], ['response', 'header']] as const;

/** One message's text: what is no body is escaped as far as its syntax asks. */
function message(side: 'request' | 'response', content: string, place: string): string {
  const query = place === 'query' ? content.replaceAll(/[\s<>"]/g, encodeURIComponent) : '';
  const start = side === 'request' ? `POST /p?${query} HTTP/1.1\r\nHost: h\r\n` : 'HTTP/1.1 200 OK\r\n';
  const header = place === 'header' ? `X-Page: ${content.replaceAll(/\s+/g, ' ')}\r\n` : '';
  if (place === 'chunks') {
    const half = content.length >> 1;
    const chunks = [content.slice(0, half), content.slice(half), ''].map(
      (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
    );
    return `${start}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}`;
  }
  const body = place === 'body' ? content : '';
  return `${start}${header}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function split(bytes: Buffer, parts: readonly number[]): Buffer[] {
  const places = [0, ...parts.map((part) => Math.floor(part * bytes.length)), bytes.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

function makeEvents(request: Buffer[], response: Buffer[]): DataEvent[] {
  const talk = new ConversationBuilder();
  const received = request.map((bytes) => talk.data('received', bytes));
  return [...received, ...response.map((bytes) => talk.data('sent', bytes))];
}

/** The bytes of all blocks: whatever the column. */
function stored(events: readonly DataEvent[]): { text: string; requests: number } {
  const { pipeline, batches, rows } = makeHarness();
  pipeline.process(buildProcess());
  pipeline.connection(buildConnection());
  for (const event of events) pipeline.data(event);
  pipeline.connection(buildConnection({ kind: 'closed' }));
  pipeline.stop();
  const text = batches
    .map((batch) => Buffer.from(expandBlocks(batch) ?? new Uint8Array(0)).toString('latin1'))
    .join('\n');
  return { text, requests: rows('requests').length };
}

function recorded(events: readonly DataEvent[]): string {
  const streams = { received: '', sent: '' };
  const nothing = (): void => undefined;
  const sink: EventSink = {
    data: ({ direction, bytes }) => (streams[direction] += Buffer.from(bytes).toString('latin1')),
    connection: nothing,
    process: nothing,
    syscalls: nothing,
    counters: nothing,
    loss: nothing,
    probe: nothing,
    clock: nothing,
  };
  const masking = new MaskingSink(sink, createRedactor(defaultRedactionRules));
  for (const event of events) masking.data(event);
  masking.finishAll();
  return (streams.received + streams.sent).replaceAll(/\r\n[0-9a-f]+\r\n/g, '');
}

test.each(forms)('a secret in %s never shows in a stored row or a recording', (name, form) => {
  fc.assert(
    fc.property(
      // The parts of a form have lines of their own, which neither a query nor a header has.
      fc.constantFrom(...(name.startsWith('multipart') ? bodyPlaces : places)),
      fc.tuple(secretText, padding),
      fc.tuple(cuts, cuts),
      ([side, place], [secret, pad], [requestCuts, responseCuts]) => {
        const text = message(side, `${'-. '.repeat(pad / 3)} ${form(secret)}`, place);
        const other = {
          request: message('response', 'ok', 'body'),
          response: message('request', 'ok', 'body'),
        }[side];
        const [request, response] = side === 'request' ? [text, other] : [other, text];
        expect(text).toMatch(place === 'chunks' ? /[QZJXV]/ : fourOfSecret);
        const events = makeEvents(
          split(Buffer.from(request), requestCuts),
          split(Buffer.from(response), responseCuts),
        );
        const rows = stored(events);
        expect(rows.requests).toBe(1);
        expect(rows.text).not.toMatch(fourOfSecret);
        expect(recorded(events)).not.toMatch(fourOfSecret);
      },
    ),
  );
});
