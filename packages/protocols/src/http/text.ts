const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

interface ByteReader {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
}

const { latin1Slice } = Buffer.prototype as unknown as ByteReader; // Proof: Node's own method, which takes any Uint8Array for `this` (text.test.ts).

/** Bytes as text, one character a byte: offsets in the text are offsets in the bytes. */
export function toByteText(bytes: Uint8Array, from: number, to: number): string {
  return latin1Slice.call(bytes, from, to);
}

/** Is every character of a byte text below 128? The engine counts bytes of UTF-8 faster than a pattern looks. */
export function isAscii(byteText: string): boolean {
  return Buffer.byteLength(byteText) === byteText.length;
}

/** A piece of byte text as people wrote it: UTF-8 where the bytes are valid UTF-8, latin1 otherwise. */
export function toReadable(byteText: string): string {
  if (isAscii(byteText)) return byteText;
  const bytes = new Uint8Array(byteText.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = byteText.charCodeAt(at);
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return byteText;
  }
}
