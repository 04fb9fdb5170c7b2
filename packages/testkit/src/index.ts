export { Random } from './random.ts';
export { randomRow, randomRows, TEST_DAY_START_NS } from './row-builders.ts';
export type { RowOfTable } from './row-builders.ts';
export { endlessRetention, startTestStore } from './test-store.ts';
export type { TestStore } from './test-store.ts';
