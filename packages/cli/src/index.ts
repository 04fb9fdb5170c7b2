export { DEFAULT_URL } from './api-client.ts';
export { hasColor, processIo } from './io.ts';
export type { Io } from './io.ts';
export { addExamples, addApiVerbs } from './verbs.ts';
