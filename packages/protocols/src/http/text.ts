const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const notAscii = /[^\0-\x7f]/;
const SLICE_BYTES = 8192;

/** One character a byte (true latin1: WHATWG's decoder of that name is windows-1252). */
function toLatin1(bytes: Uint8Array): string {
  if (bytes.length <= SLICE_BYTES) return String.fromCharCode.apply(null, bytes as unknown as number[]); // Proof: apply takes any array-like of numbers.
  let text = '';
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    text += toLatin1(bytes.subarray(at, at + SLICE_BYTES));
  }
  return text;
}

/** Text whose character offsets are byte offsets. Nearly always ASCII, where the native decoder is quickest. */
export function toByteText(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  return text.length === bytes.length && !notAscii.test(text) ? text : toLatin1(bytes);
}

/** A piece of byte text as people wrote it: UTF-8 where the bytes are valid UTF-8, latin1 otherwise. */
export function toReadable(byteText: string): string {
  if (!notAscii.test(byteText)) return byteText;
  const bytes = new Uint8Array(byteText.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = byteText.charCodeAt(at);
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return byteText;
  }
}
