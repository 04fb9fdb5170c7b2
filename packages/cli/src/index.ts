export { DEFAULT_URL } from './api-client.ts';
export { hasColor, processIo } from './io.ts';
export type { Io } from './io.ts';
export { repeat } from './verb-options.ts';
export { addExamples, addApiVerbs } from './verbs.ts';
