import { chooseAarch64Sites } from './aarch64-probe-sites.ts';
import type { ElfMachine } from './elf-header.ts';
import type { CodeSource } from './graph-builder.ts';
import type { ProbeSites } from './probe-site.ts';
import { chooseX86Sites } from './x86-probe-sites.ts';
import type { SiteOptions } from './x86-probe-sites.ts';

export interface ProbeSiteOptions extends SiteOptions {
  readonly machine: ElfMachine;
  /** Code outside the symbol, so that outlined parts and tail-called functions can be followed. */
  readonly readCode?: CodeSource['readCode'];
}

/** Chooses where to probe a function for its arguments and its result: `code` is the symbol's bytes. Never throws. */
export function chooseProbeSites(
  code: Uint8Array,
  functionVirtualAddress: number,
  options: ProbeSiteOptions,
): ProbeSites {
  const { readCode } = options;
  const source = {
    bytes: code,
    virtualAddress: functionVirtualAddress,
    ...(readCode === undefined ? {} : { readCode }),
  };
  return options.machine === 'x86-64' ? chooseX86Sites(source, options) : chooseAarch64Sites(source, options);
}
