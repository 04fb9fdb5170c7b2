/**
 * Who can mend it decides log level, exit code, HTTP status and retry:
 * - `user`: the input is wrong; mending it is up to the caller.
 * - `operational`: the surroundings failed; waiting or retrying may help.
 * - `unexpected`: our defect; to be reported.
 */
export type ErrorFamily = 'user' | 'operational' | 'unexpected';

export interface AppErrorOptions {
  readonly family?: ErrorFamily;
  /** What to do about it, as a whole sentence. */
  readonly remedy?: string;
  /** Kept for the log, never sent to a client. */
  readonly cause?: unknown;
}

/** Every error that a person can meet: a stable code, the facts, a remedy. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly family: ErrorFamily;
  readonly remedy: string | undefined;

  constructor(code: string, facts: string, options: AppErrorOptions = {}) {
    super(facts, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.family = options.family ?? 'operational';
    this.remedy = options.remedy;
  }

  /** One line for people: `CODE: facts. Remedy.` */
  toLine(): string {
    const facts = this.message.endsWith('.') ? this.message : `${this.message}.`;
    return `${this.code}: ${facts}${this.remedy === undefined ? '' : ` ${this.remedy}`}`;
  }

  /** The single doorway for foreign errors. */
  static from(thrown: unknown, code: string, options: AppErrorOptions = {}): AppError {
    if (thrown instanceof AppError) return thrown;
    const facts = thrown instanceof Error ? thrown.message : String(thrown);
    return new AppError(code, facts, { ...options, cause: thrown });
  }
}

/** Exit code of a program that ends with this error: 2 for the user's input, 1 otherwise, 70 (EX_SOFTWARE) for our defect. */
export function exitCodeOf(error: AppError): number {
  if (error.family === 'user') return 2;
  return error.family === 'operational' ? 1 : 70;
}
