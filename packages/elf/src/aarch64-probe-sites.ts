import { viewOf } from './byte-view.ts';
import { isEmulatedAarch64 } from './emulated-instruction.ts';
import type { CodeSource } from './graph-builder.ts';
import { toProbeMode } from './probe-site.ts';
import type { ExitSite, ProbeSite, ProbeSites } from './probe-site.ts';
import type { SiteOptions } from './x86-probe-sites.ts';

const RET_X30 = 0xd65f03c0;
const INSTRUCTION_BYTES = 4;

/** First byte and every `ret` of A64 code, which the kernel simulates. Tail calls are reported, not followed. */
export function chooseAarch64Sites(source: CodeSource, options: SiteOptions): ProbeSites {
  const words = readWords(source.bytes);
  const siteAt = (index: number, why: string) =>
    completeSite({ source, options, word: words[index] ?? 0, index, why });
  const argumentsIn = Array.from({ length: options.argumentCount }, (_, index) => `x${index}`);
  const entry =
    words.length === 0 ? [] : siteAt(0, 'first instruction').map((site) => ({ ...site, argumentsIn }));
  const returns = words.flatMap((word, index) =>
    word === RET_X30 ? siteAt(index, 'return').map(toExitSite) : [],
  );
  const exit = options.needsExit ? returns : [];
  const isLeaving =
    options.needsExit && words.some((word, index) => leavesFunction(word, index, words.length));
  return {
    entry,
    exit,
    mode: toProbeMode([...entry, ...exit]),
    exitCoverage: exit.length === 0 ? 'none' : isLeaving ? 'some-returns' : 'every-return',
    notes: isLeaving ? ['A jump leaves the function; the return of what it reaches is not seen.'] : [],
  };
}

function toExitSite(site: ProbeSite): ExitSite {
  return { ...site, resultIn: 'x0' };
}

interface Place {
  readonly source: CodeSource;
  readonly options: SiteOptions;
  readonly word: number;
  readonly index: number;
  readonly why: string;
}

function completeSite({ source, options, word, index, why }: Place): ProbeSite[] {
  const symbolOffset = index * INSTRUCTION_BYTES;
  const virtualAddress = source.virtualAddress + symbolOffset;
  const fileOffset = options.toFileOffset(virtualAddress);
  if (fileOffset === undefined) return [];
  const kind = isEmulatedAarch64(word) ? 'emulated' : 'stepped';
  const instruction = word === RET_X30 ? 'ret' : `.inst 0x${word.toString(16).padStart(8, '0')}`;
  return [{ fileOffset, symbolOffset, virtualAddress, kind, instruction, why, via: 'self' }];
}

function readWords(bytes: Uint8Array): number[] {
  const view = viewOf(bytes);
  return Array.from({ length: Math.floor(bytes.length / INSTRUCTION_BYTES) }, (_, index) =>
    view.getUint32(index * INSTRUCTION_BYTES, true),
  );
}

/** `br` to a register, or `b` to a place outside the symbol (26-bit signed count of instructions). */
function leavesFunction(word: number, index: number, wordCount: number): boolean {
  if ((word & 0xfffffc1f) >>> 0 === 0xd61f0000) return true;
  if ((word & 0xfc000000) >>> 0 !== 0x14000000) return false;
  const target = index + ((word << 6) >> 6);
  return target < 0 || target >= wordCount;
}
