import { CR, hexValue, HTAB, LF, SP } from './syntax.ts';

const SEMICOLON = 59;
/** A chunk of 2^48 bytes is nonsense; below it sizes stay exact numbers. */
const MAX_HEX_DIGITS = 12;

type Phase = 'size' | 'blank' | 'extension' | 'line_feed';

/**
 * The line before each chunk (RFC 9112 §7.1): hexadecimal size, extensions, CRLF (or a bare LF, as llhttp's
 * lenient mode takes it). Fed byte by byte, since it has a handful and may be split anywhere.
 */
export class ChunkLine {
  sizeBytes = 0;
  lengthBytes = 0;
  #digits = 0;
  #phase: Phase = 'size';

  begin(): void {
    this.sizeBytes = 0;
    this.lengthBytes = 0;
    this.#digits = 0;
    this.#phase = 'size';
  }

  /** `done` behind the LF; `bad` when it is no chunk line. */
  take(byte: number): 'more' | 'done' | 'bad' {
    this.lengthBytes += 1;
    if (byte === LF) return this.#digits > 0 ? 'done' : 'bad';
    if (this.#phase === 'line_feed') return 'bad';
    if (this.#phase === 'extension') {
      if (byte === CR) this.#phase = 'line_feed';
      return 'more';
    }
    return this.#takeSize(byte);
  }

  #takeSize(byte: number): 'more' | 'bad' {
    if (byte === CR && this.#digits > 0) this.#phase = 'line_feed';
    else if (byte === SEMICOLON && this.#digits > 0) this.#phase = 'extension';
    else if ((byte === SP || byte === HTAB) && this.#digits > 0) this.#phase = 'blank';
    else return this.#takeDigit(byte);
    return 'more';
  }

  #takeDigit(byte: number): 'more' | 'bad' {
    const value = this.#phase === 'size' ? hexValue(byte) : -1;
    if (value < 0) return 'bad';
    this.sizeBytes = this.sizeBytes * 16 + value;
    this.#digits += this.sizeBytes === 0 ? (this.#digits === 0 ? 1 : 0) : 1;
    return this.#digits > MAX_HEX_DIGITS ? 'bad' : 'more';
  }
}
