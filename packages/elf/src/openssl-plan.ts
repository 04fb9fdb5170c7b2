import { succeed } from '@tomte/kit';
import type { Outcome } from '@tomte/kit';
import { chooseProbeSites } from './probe-sites.ts';
import type { ElfError } from './elf-error.ts';
import { findSymbols, parseElf, readVirtual, virtualToFileOffset } from './elf-file.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfReader } from './elf-reader.ts';
import type { ElfSymbol } from './elf-symbol.ts';
import { findBioOffset } from './bio-offset.ts';
import { OPENSSL_FUNCTIONS } from './openssl-function.ts';
import type { OpenSslFunction, OpenSslFunctionName } from './openssl-function.ts';
import { findTlsLibraryVersion } from './openssl-version.ts';
import type { ProbeSites } from './probe-site.ts';

/** Where to probe one file that contains OpenSSL, LibreSSL or BoringSSL. */
export interface OpenSslPlan {
  readonly buildId: string | undefined;
  /** As the file states it, for example `OpenSSL 3.0.17 1 Jul 2025`; libssl.so itself often states none. */
  readonly version: string | undefined;
  /** Functions that the file defines. */
  readonly functions: readonly OpenSslFunctionPlan[];
  /** Functions that it does not define: no failure, older and other libraries lack some. */
  readonly absent: readonly OpenSslFunctionName[];
  /** Offset of `rbio` and `wbio` in the SSL object, read off the accessors' code; undefined when not derivable. */
  readonly rbioOffsetBytes: number | undefined;
  readonly wbioOffsetBytes: number | undefined;
}

export interface OpenSslFunctionPlan extends ProbeSites {
  readonly name: OpenSslFunctionName;
  readonly virtualAddress: number;
  readonly sizeBytes: number;
}

/** What the caller's programs can do. By default results are in rax and arguments in their own registers. */
export interface OpenSslPlanOptions {
  /** The exit programs understand a result in the frame (`ResultPlace`): needed for cheap exits where no stack guard is. */
  readonly allowsSlots?: boolean;
  /**
   * The exit programs of the `_ex` pair may stand in the function that both `SSL_read` and `SSL_read_ex` call: they must
   * leave a pending call of another function alone. Its result has the same sign as the wrapper's: success is positive.
   */
  readonly allowsInnerExits?: boolean;
  /** The entry programs understand `argumentsIn`: needed for cheap entries of `SSL_write_ex` since 3.3. */
  readonly allowsMovedArguments?: boolean;
}

interface Wanted {
  readonly elf: ElfFile;
  readonly wanted: OpenSslFunction;
  readonly options: OpenSslPlanOptions;
}

const ACCESSORS = ['SSL_get_rbio', 'SSL_get_wbio'] as const;
/** SSL_free is the largest, with some 2 KiB. */
const MAX_FUNCTION_BYTES = 64 * 1024;

/** Plans all functions that are there. Fails only when the file is no ELF file that can be read. */
export function planOpenSslProbes(
  source: Uint8Array | ElfReader,
  options: OpenSslPlanOptions = {},
): Outcome<OpenSslPlan, ElfError> {
  const elf = parseElf(source);
  return elf.ok ? succeed(planFile(elf.value, options)) : elf;
}

function planFile(elf: ElfFile, options: OpenSslPlanOptions): OpenSslPlan {
  const symbols = findSymbols(elf, [...OPENSSL_FUNCTIONS.map(({ name }) => name), ...ACCESSORS]);
  const functions = OPENSSL_FUNCTIONS.flatMap((wanted) =>
    planFunction({ elf, wanted, options }, symbols.get(wanted.name)),
  );
  const planned = new Set(functions.map(({ name }) => name));
  const rbio = symbols.get('SSL_get_rbio');
  const wbio = symbols.get('SSL_get_wbio');
  return {
    buildId: elf.buildId,
    version: functions.length === 0 ? undefined : findTlsLibraryVersion(elf),
    functions,
    absent: OPENSSL_FUNCTIONS.map(({ name }) => name).filter((name) => !planned.has(name)),
    rbioOffsetBytes: rbio === undefined ? undefined : findBioOffset(elf, rbio),
    wbioOffsetBytes: wbio === undefined ? undefined : findBioOffset(elf, wbio),
  };
}

function planFunction(
  { elf, wanted, options }: Wanted,
  symbol: ElfSymbol | undefined,
): OpenSslFunctionPlan[] {
  if (symbol === undefined || symbol.sizeBytes > MAX_FUNCTION_BYTES) return [];
  const { virtualAddress, sizeBytes } = symbol;
  const code = readVirtual(elf, virtualAddress, sizeBytes);
  if (code === undefined) return [];
  const sites = chooseProbeSites(code, virtualAddress, {
    machine: elf.machine,
    argumentCount: wanted.argumentCount,
    needsExit: wanted.needsExit,
    allowsSlots: options.allowsSlots ?? false,
    allowsInnerExits: (options.allowsInnerExits ?? false) && wanted.name.endsWith('_ex'),
    allowsMovedArguments: options.allowsMovedArguments ?? false,
    toFileOffset: (address) => virtualToFileOffset(elf, address),
    readCode: (address, lengthBytes) => readVirtual(elf, address, lengthBytes),
  });
  return [{ name: wanted.name, virtualAddress, sizeBytes, ...sites }];
}
