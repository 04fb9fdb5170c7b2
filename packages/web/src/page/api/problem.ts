/** What the API says went wrong (RFC 9457), or that it did not answer. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly position: { readonly line: number; readonly column: number } | undefined;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(text(body['detail']) || text(body['title']) || `the API answered ${status}`);
    this.status = status;
    this.code = text(body['code']);
    this.remedy = text(body['remedy']);
    this.position = positionOf(body['position']);
  }
}

/** Anything that was thrown, as a problem. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(0, { code: 'PAGE_UNEXPECTED', detail, remedy: 'Load the page anew.' });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function positionOf(value: unknown): Problem['position'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const { line, column }: { line?: unknown; column?: unknown } = value;
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : undefined;
}
