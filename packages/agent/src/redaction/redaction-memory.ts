import { Repeats } from '@tomte/kit';

/** Field blocks, and characters of all names and values of one: some 1 MiB at most. */
const MAX_HEADERS = 256;
const MAX_HEADER_CHARACTERS = 4_096;
/** Texts, and the length of one: some 512 KiB at most with their results. */
const MAX_TEXTS = 1_024;
const MAX_TEXT_CHARACTERS = 256;
/** Bodies, a power of two, and the longest of them: 256 KiB. */
const BODY_SLOTS = 64;
const MAX_BODY_BYTES = 4_096;
/** Shorter ones are scanned as fast as they are looked up. */
const MIN_BODY_BYTES = 64;
const SAMPLES = 8;

type Headers = ReadonlyMap<string, string>;

/** What became of a body; undefined when nothing was taken out. */
interface BodySlot {
  length: number;
  redacted: Uint8Array | undefined;
}

/**
 * Programs send the same headers, queries and pages over and over: what was found in them once holds for
 * the next that is equal, byte for byte. Every part is bounded and starts anew when it is full.
 */
export class RedactionMemory {
  readonly #headers = new Repeats<Headers, Headers>(MAX_HEADERS);
  readonly #texts = new Repeats<string, string>(MAX_TEXTS);
  readonly #bodies = Buffer.allocUnsafeSlow(BODY_SLOTS * MAX_BODY_BYTES);
  readonly #slots = Array.from({ length: BODY_SLOTS }, (): BodySlot => ({ length: 0, redacted: undefined }));

  /** Of this very map: a parser shares one map among equal blocks and changes none. */
  headers(headers: Headers): Headers | undefined {
    return this.#headers.get(headers);
  }

  rememberHeaders(headers: Headers, redacted: Headers, characters: number): void {
    if (characters <= MAX_HEADER_CHARACTERS) this.#headers.put(headers, redacted);
  }

  text(text: string): string | undefined {
    return text.length > MAX_TEXT_CHARACTERS ? undefined : this.#texts.get(text);
  }

  rememberText(text: string, redacted: string): void {
    if (text.length <= MAX_TEXT_CHARACTERS) this.#texts.put(text, redacted);
  }

  /** The argument itself where nothing was taken out of an equal body; undefined when there was none. */
  body(bytes: Uint8Array): Uint8Array | undefined {
    if (!isRemembered(bytes)) return undefined;
    const index = slotOf(bytes);
    const slot = this.#slots[index];
    if (slot?.length !== bytes.length) return undefined;
    const start = index * MAX_BODY_BYTES;
    const isEqual = this.#bodies.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0;
    return isEqual ? (slot.redacted ?? bytes) : undefined;
  }

  rememberBody(bytes: Uint8Array, redacted: Uint8Array): void {
    if (!isRemembered(bytes)) return;
    const index = slotOf(bytes);
    const slot = this.#slots[index];
    if (slot === undefined) return;
    this.#bodies.set(bytes, index * MAX_BODY_BYTES);
    slot.length = bytes.length;
    slot.redacted = redacted === bytes ? undefined : redacted;
  }
}

function isRemembered(bytes: Uint8Array): boolean {
  return bytes.length >= MIN_BODY_BYTES && bytes.length <= MAX_BODY_BYTES;
}

/** By the length and a few bytes: it says where to look, the comparison says whether it is the same. */
function slotOf(bytes: Uint8Array): number {
  const step = Math.floor((bytes.length - 1) / (SAMPLES - 1));
  let hash = bytes.length;
  for (let sample = 0; sample < SAMPLES; sample += 1)
    hash = (Math.imul(hash, 31) + (bytes[sample * step] ?? 0)) | 0;
  return (hash ^ (hash >>> 6) ^ (hash >>> 12)) & (BODY_SLOTS - 1);
}
