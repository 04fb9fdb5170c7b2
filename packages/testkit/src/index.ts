export { readBlockRows } from './block-rows.ts';
export type { BlockRow, BlockValue } from './block-rows.ts';
export { Random } from './random.ts';
export { randomRow, randomRows, TEST_DAY_START_NS } from './row-builders.ts';
export type { RowOfTable } from './row-builders.ts';
export { endlessRetention, startTestStore } from './test-store.ts';
export type { TestStore } from './test-store.ts';
export { startKubeApiServer } from './kubernetes/kube-api-server.ts';
export type { KubeApiServer, TestUser } from './kubernetes/kube-api-server.ts';
