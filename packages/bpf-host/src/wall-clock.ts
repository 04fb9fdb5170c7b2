import { libc } from './libbpf.ts';

const CLOCK_REALTIME = 0;
const TIMESPEC_BYTES = 16;

/** Nanoseconds since the Unix epoch; JavaScript's own clock knows milliseconds only. */
export function wallClockNs(): bigint {
  const time = Buffer.alloc(TIMESPEC_BYTES);
  libc().clock_gettime(CLOCK_REALTIME, time);
  return time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8);
}
