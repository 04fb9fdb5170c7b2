/** One thing that doctor looked at. */
export interface Check {
  readonly name: string;
  /** ok; warn: works, with less; fail: capturing is not possible; info: a fact alone. */
  readonly state: 'ok' | 'warn' | 'fail' | 'info';
  readonly value: string;
  /** What to do about it; empty when nothing is to do. */
  readonly remedy: string;
}

export function ok(name: string, value: string): Check {
  return { name, state: 'ok', value, remedy: '' };
}

export function info(name: string, value: string): Check {
  return { name, state: 'info', value, remedy: '' };
}

export function warn(name: string, value: string, remedy: string): Check {
  return { name, state: 'warn', value, remedy };
}

export function failed(name: string, value: string, remedy: string): Check {
  return { name, state: 'fail', value, remedy };
}
