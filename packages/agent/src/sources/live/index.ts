export { createLiveSource, LiveSource } from './live-source.ts';
export type { LiveAccounts } from './live-source.ts';
export { liveDefaults } from './options.ts';
export type { LiveOptions, LiveTarget } from './options.ts';
