export { findBioLayout } from './bio-layout.ts';
export type { BioLayout } from './bio-layout.ts';
export { elfError } from './elf-error.ts';
export type { ElfError, ElfErrorCode } from './elf-error.ts';
export { findSymbols, parseElf, readVirtual, virtualToFileOffset } from './elf-file.ts';
export type { ElfFile } from './elf-file.ts';
export type { ElfMachine } from './elf-header.ts';
export { createBytesReader } from './elf-reader.ts';
export type { ElfReader } from './elf-reader.ts';
export type { ElfSection } from './elf-section.ts';
export type { ElfSegment } from './elf-segment.ts';
export { listSymbols } from './elf-symbol.ts';
export type { ElfSymbol, ElfSymbolTable, ElfSymbolType } from './elf-symbol.ts';
export type { CodeSource } from './graph-builder.ts';
export type { OpenSslFunctionName } from './openssl-function.ts';
export { planOpenSslProbes } from './openssl-plan.ts';
export type { OpenSslFunctionPlan, OpenSslPlan, OpenSslPlanOptions } from './openssl-plan.ts';
export type {
  EntrySite,
  ExitCoverage,
  ExitSite,
  ProbeKind,
  ProbeMode,
  ProbeSite,
  ProbeSites,
  ResultPlace,
} from './probe-site.ts';
export { chooseProbeSites } from './probe-sites.ts';
export type { ProbeSiteOptions } from './probe-sites.ts';
export type { StackSlot } from './x86-instruction.ts';
