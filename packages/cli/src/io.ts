/** Where a verb speaks: stdout is data, stderr is talk. */
export interface Io {
  /** Resolves when the reader has taken it; false when nobody reads any more (EPIPE). */
  out(text: string): Promise<boolean>;
  talk(text: string): void;
  readonly isTty: boolean;
  /** Columns of the terminal; undefined when stdout is none. */
  readonly widthColumns: number | undefined;
  /** Lines of it. */
  readonly heightRows?: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Unix time. */
  nowMs(): number;
  /** Ends what runs: Ctrl-C, or the end of the reader. */
  readonly signal: AbortSignal;
}

export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr } = process;
  stdout.on('error', () => undefined); // EPIPE comes to the write's callback too, where it is handled.
  return {
    out: (text) =>
      new Promise((resolve) => stdout.write(text, (error) => resolve(error === undefined || error === null))),
    talk: (text) => void stderr.write(text),
    isTty: stdout.isTTY === true,
    widthColumns: stdout.isTTY === true ? stdout.columns : undefined,
    heightRows: stdout.isTTY === true ? stdout.rows : undefined,
    env: process.env,
    nowMs: () => Date.now(),
    signal,
  };
}

/** https://no-color.org, and TERM=dumb. */
export function hasColor(io: Io): boolean {
  return io.isTty && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}
