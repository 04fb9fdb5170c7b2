import type { Message } from './message.ts';
import type { Target } from './target.ts';
import type { Answer, Turn } from './turn.ts';

const noAttributes: ReadonlyMap<string, string> = new Map();

/** A map that most exchanges never need. */
class Attributes {
  #map: Map<string, string> | undefined;

  get map(): ReadonlyMap<string, string> {
    return this.#map ?? noAttributes;
  }

  set(name: string, value: string): void {
    this.#map ??= new Map();
    this.#map.set(name, value);
  }
}

/** Codings that are still on the bodies that were kept, outermost last. */
export interface BodiesLeft {
  readonly request: string;
  readonly response: string;
}

/** What only HTTP knows and no column holds. Names under `http.` where OpenTelemetry has none. */
export function attributesOf(
  turn: Turn,
  form: Target['form'],
  encoded: BodiesLeft,
): ReadonlyMap<string, string> {
  const attributes = new Attributes();
  if (form !== 'origin') attributes.set('http.request.target_form', form);
  describe(turn.request, 'request', attributes);
  if (turn.answer !== undefined) describeAnswer(turn, turn.answer, attributes);
  if (encoded.request !== '') attributes.set('http.request.body.encoded', encoded.request);
  if (encoded.response !== '') attributes.set('http.response.body.encoded', encoded.response);
  return attributes.map;
}

function describeAnswer(turn: Turn, answer: Answer, attributes: Attributes): void {
  const { interimStatuses, final, statusCode } = answer;
  if (interimStatuses.length > 0) attributes.set('http.response.interim', interimStatuses.join(','));
  if (final === undefined) return;
  describe(final, 'response', attributes);
  if (statusCode === 101) attributes.set('http.upgrade', final.head?.fields.headers.get('upgrade') ?? '');
  else if (turn.method === 'CONNECT' && statusCode !== null && statusCode >= 200 && statusCode < 300)
    attributes.set('http.upgrade', 'tunnel');
}

function describe(message: Message, side: 'request' | 'response', attributes: Attributes): void {
  const { head, trailers } = message;
  if (head === undefined) return;
  const { malformedLines, framings } = head.fields;
  if (malformedLines > 0) attributes.set(`http.${side}.malformed_lines`, String(malformedLines));
  if (framings.isConflicting)
    attributes.set(`http.${side}.framing_conflict`, 'content-length, transfer-encoding');
  if (message.isEndInferred) attributes.set(`http.${side}.end`, 'inferred');
  if (trailers === undefined) return;
  for (const [name, value] of trailers) attributes.set(`http.${side}.trailer.${name}`, value);
}
