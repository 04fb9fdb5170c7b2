export { AppError, exitCodeOf } from './app-error.ts';
export type { AppErrorOptions, ErrorFamily } from './app-error.ts';
export { BoundedQueue } from './bounded-queue.ts';
export { ByteSink } from './byte-sink.ts';
export { ManualClock, systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { assertNever, fail, succeed } from './outcome.ts';
export type { Failed, Ok, Outcome } from './outcome.ts';
export { Repeats } from './repeats.ts';
