export { createProgram } from './program.ts';
export type { ProgramHost } from './program.ts';
