import type { ExitSite, OpenSslFunctionPlan, OpenSslPlan, ProbeSite } from '@tomte/elf';

/** A plan as it stands in the golden file: what was chosen, in words that a review can read. */
export function summarisePlan(plan: OpenSslPlan): object {
  const { buildId, version, rbioOffsetBytes, wbioOffsetBytes, absent } = plan;
  const functions = Object.fromEntries(plan.functions.map((each) => [each.name, summariseFunction(each)]));
  return { buildId, version, rbioOffsetBytes, wbioOffsetBytes, absent, functions };
}

export function summariseFunction(
  plan: Omit<OpenSslFunctionPlan, 'name' | 'virtualAddress' | 'sizeBytes'>,
): object {
  return {
    mode: plan.mode,
    exitCoverage: plan.exitCoverage,
    entry: plan.entry.map((site) => `${summariseSite(site)}, ${site.argumentsIn.join(' ')}`),
    exit: plan.exit.map((site) => `${summariseSite(site)}${summariseResult(site)}`),
  };
}

function summariseSite({ symbolOffset, kind, via, instruction }: ProbeSite): string {
  const offset = `${symbolOffset < 0 ? '-' : '+'}0x${Math.abs(symbolOffset).toString(16)}`;
  const [mnemonic = ''] = instruction.split(' ');
  return `${offset} ${mnemonic}, ${kind}${via === 'inner' ? ', inner' : ''}`;
}

function summariseResult({ resultIn }: ExitSite): string {
  if (typeof resultIn === 'string') return '';
  return `, eax or ${resultIn.displacementBytes}(${resultIn.base})`;
}
