/**
 * Takes secrets and personal data out of what was captured, before anything is written. Each function
 * returns its argument itself when there is nothing to take out.
 */
export interface Redactor {
  /** Path, query, header value or other text. */
  text(text: string): string;
  headers(headers: ReadonlyMap<string, string>): ReadonlyMap<string, string>;
  body(bytes: Uint8Array): Uint8Array;
  /** Arguments joined by spaces, as /proc shows them. */
  commandLine(commandLine: string): string;
  /**
   * The same over bytes in place, with as many asterisks as there were bytes, so that lengths and
   * framing stay what they were.
   */
  mask(bytes: Uint8Array, start: number, end: number): void;
  /** Whether the whole value of this header is taken out. Names in lower case. */
  isSecretHeader(name: string): boolean;
}

/** For tests and `--raw`: takes out nothing. */
export const noRedaction: Redactor = {
  text: (text) => text,
  headers: (headers) => headers,
  body: (bytes) => bytes,
  commandLine: (commandLine) => commandLine,
  mask: () => undefined,
  isSecretHeader: () => false,
};
