export { createProgram } from './program.ts';
export type { ProgramHost } from './program.ts';
export { makeScratch } from './scratch.ts';
export { UpProcess } from './up-process.ts';
export type { UpProcessOptions } from './up-process.ts';
export type { UpEvent } from './up/up-events.ts';
