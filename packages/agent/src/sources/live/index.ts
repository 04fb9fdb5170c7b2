export { createLiveSource } from './live-source.ts';
export type { LiveOptions } from './options.ts';
