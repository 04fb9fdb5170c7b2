import type { Bench } from './report.ts';

/** Every benchmark; `pnpm bench` lists them. */
export const benches: readonly Bench[] = [];
