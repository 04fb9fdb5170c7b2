import type { Bench } from './report.ts';
import { storeBench } from './store.ts';

/** Every benchmark; `pnpm bench` lists them. */
export const benches: readonly Bench[] = [storeBench];
