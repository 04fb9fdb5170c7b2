/** A result that the caller must look at: either a value or an error, told apart by `ok`. */
export type Outcome<T, E = AppErrorLike> = Ok<T> | Failed<E>;
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Failed<E> {
  readonly ok: false;
  readonly error: E;
}
interface AppErrorLike {
  readonly code: string;
  readonly message: string;
}

export function succeed<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function fail<E>(error: E): Failed<E> {
  return { ok: false, error };
}

/** Compile-time proof that every case of a union was handled; at run time a broken invariant. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${String(value)}`);
}
