import { createRequire } from 'node:module';
import { defaultParserLimits } from '@tomte/agent';
import { type Exchange, http } from '@tomte/protocols';
import type { ParseStream } from './streams.ts';

/** Parses the whole stream once more, on the same two connections; returns the exchanges that it found. */
export type ParseRound = () => number;

/** Touches all that a row is made of: what a parser puts off until it is asked for counts as well. */
function lengthOf({ requestHeaders, responseHeaders, ...rest }: Exchange): number {
  let length = rest.method.length + rest.host.length + rest.path.length + rest.query.length;
  length += rest.requestBody.length + rest.responseBody.length + rest.attributes.size;
  for (const headers of [requestHeaders, responseHeaders])
    for (const [name, value] of headers) length += name.length + value.length;
  return length;
}

/** Ours, with the agent's own limits: request and response of each exchange together, heads and bodies read. */
export function ourParser(stream: ParseStream): ParseRound {
  let exchanges = 0;
  const sink = {
    exchange: (exchange: Exchange) => {
      if (lengthOf(exchange) > 0) exchanges += 1;
    },
    loss: ({ bytes, detail }: { bytes: number; detail: string }) => {
      throw new Error(`the parser lost ${bytes} bytes: ${detail}`);
    },
  };
  const parser = http.connect(
    { limits: defaultParserLimits, decompress: () => undefined, fromStart: true },
    sink,
  );
  const positions = { request: 0, response: 0 };
  let atNs = 0;
  return () => {
    const before = exchanges;
    for (const { side, bytes } of stream.pieces) {
      parser.push(side, bytes, positions[side], (atNs += 1_000));
      positions[side] += bytes.length;
    }
    return exchanges - before;
  };
}

interface NativeParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Uint8Array): number | Error;
  [event: number]: (...values: unknown[]) => unknown;
}

interface NativeParserClass {
  new (): NativeParser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

/** The control: llhttp, which is C, as Node's own HTTP server and client use it, headers handed to JavaScript. */
export function llhttp(stream: ParseStream): ParseRound {
  const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { HTTPParser: NativeParserClass }; // Proof: Node 24's binding; a round that finds too few exchanges is refused.
  let messages = 0;
  const open = (type: number): NativeParser => {
    const parser = new HTTPParser();
    parser.initialize(type, {});
    parser[HTTPParser.kOnHeadersComplete] = () => 0;
    parser[HTTPParser.kOnBody] = () => undefined;
    parser[HTTPParser.kOnMessageComplete] = () => (messages += 1);
    return parser;
  };
  const parsers = { request: open(HTTPParser.REQUEST), response: open(HTTPParser.RESPONSE) };
  return () => {
    const before = messages;
    for (const { side, bytes } of stream.pieces) {
      const result = parsers[side].execute(bytes);
      if (result instanceof Error) throw result;
    }
    return (messages - before) / 2;
  };
}
