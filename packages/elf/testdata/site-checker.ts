import { isEmulatedText, mayWrite, stepsAfter } from './objdump-oracle.ts';
import type { Dump, DumpedInstruction } from './objdump-oracle.ts';
import type { EntrySite, ExitSite, OpenSslFunctionPlan, ProbeSite } from '@tomte/elf';

const ARGUMENTS = ['rdi', 'rsi', 'rdx', 'rcx'] as const;
/** The one move that is expected: `mov %rcx,%r8` of SSL_write_ex, whose flags take the place of the fourth argument. */
const MOVED = { from: 'rcx', to: 'r8', text: /^mov\s+%rcx,%r8$/ };

/** Everything that objdump's text says against a plan; empty when nothing does. */
export function findObjections(plan: OpenSslFunctionPlan, dump: Dump, argumentCount: number): string[] {
  const sites = [...plan.entry, ...plan.exit].filter(({ via }) => via === 'self');
  return [
    ...sites.flatMap((site) => checkKind(site, dump)),
    ...plan.entry.flatMap((site) => checkArguments(plan, site, { dump, argumentCount })),
    ...(plan.exitCoverage === 'unproven' ? [] : walkAllPaths(plan, dump)),
  ];
}

function checkKind(site: ProbeSite, dump: Dump): string[] {
  const instruction = dump.get(site.virtualAddress);
  if (instruction === undefined) return [`${hex(site.virtualAddress)} is no start of an instruction`];
  const isEmulated = isEmulatedText(instruction);
  if (isEmulated !== (site.kind === 'emulated'))
    return [`${hex(site.virtualAddress)} ${instruction.text} is not ${site.kind}`];
  const [mnemonic = ''] = site.instruction.split(' ');
  return instruction.text.includes(mnemonic) ? [] : [`${instruction.text} is not ${site.instruction}`];
}

interface Surroundings {
  readonly dump: Dump;
  readonly argumentCount: number;
}

/** The straight line from the first byte to the entry site changes no argument and has no branch. */
function checkArguments(
  plan: OpenSslFunctionPlan,
  site: EntrySite,
  { dump, argumentCount }: Surroundings,
): string[] {
  const objections: string[] = [];
  const texts: string[] = [];
  for (let address = plan.virtualAddress; address !== site.virtualAddress;) {
    const instruction = dump.get(address);
    if (instruction === undefined || address > site.virtualAddress)
      return ['the entry site is not on the straight line'];
    const { to } = stepsAfter(instruction);
    if (to.length !== 1 || to[0] !== instruction.next) objections.push(`${instruction.text} leaves the line`);
    const read = ARGUMENTS.slice(0, argumentCount).filter((register) => site.argumentsIn.includes(register));
    const written = read.filter((register) => mayWrite(instruction, register));
    texts.push(instruction.text);
    if (written.length > 0) objections.push(`${instruction.text} changes ${written.join()}`);
    address = instruction.next;
  }
  return [...objections, ...checkMoves(site, texts, argumentCount)];
}

/** Arguments are in their own registers, or r8 got rcx and is not named as a destination again. */
function checkMoves({ argumentsIn }: EntrySite, texts: readonly string[], argumentCount: number): string[] {
  const own = ARGUMENTS.slice(0, argumentCount);
  const expected = own.map((register, index) =>
    argumentsIn[index] === register ? register : `moved ${register}`,
  );
  const moved = expected.filter((text) => text.startsWith('moved'));
  if (moved.length === 0) return argumentsIn.length === argumentCount ? [] : ['arguments are missing'];
  const at = texts.findIndex((text) => MOVED.text.test(text));
  const isKept = at >= 0 && texts.slice(at + 1).every((text) => !/%r8[dwb]?$/.test(text));
  const isRight = moved.join() === `moved ${MOVED.from}` && argumentsIn[3] === MOVED.to && isKept;
  return isRight ? [] : [`arguments in ${argumentsIn.join()}`];
}

interface WalkState {
  readonly address: number;
  readonly entryCount: number;
  readonly exitCount: number;
  /** At the exit site that was passed last. */
  readonly exit: ExitSite | undefined;
}

/** Visits every state (address, sites passed) that objdump's control flow allows. */
function walkAllPaths(plan: OpenSslFunctionPlan, dump: Dump): string[] {
  const objections = new Set<string>();
  const seen = new Set<string>();
  const pending: WalkState[] = [
    { address: plan.virtualAddress, entryCount: 0, exitCount: 0, exit: undefined },
  ];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const key = `${state.address} ${state.entryCount} ${state.exitCount} ${state.exit?.virtualAddress ?? ''}`;
    const instruction = isOwn(plan, state.address) ? dump.get(state.address) : undefined;
    if (seen.has(key) || instruction === undefined) continue;
    seen.add(key);
    const after = passSites(plan, state);
    for (const objection of judge(plan, after, instruction)) objections.add(objection);
    if (after.entryCount > 1 || after.exitCount > 1) continue;
    for (const address of stepsAfter(instruction).to) pending.push({ ...after, address });
  }
  return [...objections];
}

function passSites(plan: OpenSslFunctionPlan, state: WalkState): WalkState {
  const exit = plan.exit.find(({ virtualAddress }) => virtualAddress === state.address);
  const isEntry = plan.entry.some(({ virtualAddress }) => virtualAddress === state.address);
  return {
    address: state.address,
    entryCount: state.entryCount + Number(isEntry),
    exitCount: state.exitCount + Number(exit !== undefined),
    exit: exit ?? state.exit,
  };
}

function judge(plan: OpenSslFunctionPlan, state: WalkState, instruction: DumpedInstruction): string[] {
  const at = `${hex(state.address)} ${instruction.text}`;
  if (state.entryCount > 1 || state.exitCount > 1) return [`${at}: a second site on one path`];
  if (stepsAfter(instruction).isReturn) {
    const isInner = plan.exit.some(({ via }) => via === 'inner');
    const isExitWrong = plan.exit.length > 0 && !isInner && state.exitCount !== 1;
    return state.entryCount === 1 && !isExitWrong
      ? []
      : [`${at}: returns with ${state.entryCount}/${state.exitCount} sites`];
  }
  if (stepsAfter(instruction).to.length === 0) return [];
  const changes =
    state.exit !== undefined && mayWrite(instruction, 'rax') && !isSlotLoad(state.exit, instruction);
  return changes ? [`${at}: changes rax after the exit site`] : [];
}

function isSlotLoad({ resultIn }: ExitSite, { text }: DumpedInstruction): boolean {
  if (typeof resultIn === 'string') return false;
  const { base, displacementBytes } = resultIn;
  const sign = displacementBytes < 0 ? '-' : '';
  const displacement = displacementBytes === 0 ? '' : `${sign}0x${Math.abs(displacementBytes).toString(16)}`;
  return text.replace(/\s+/, ' ') === `mov ${displacement}(%${base}),%eax`;
}

function isOwn({ virtualAddress, sizeBytes }: OpenSslFunctionPlan, address: number): boolean {
  return address >= virtualAddress && address < virtualAddress + sizeBytes;
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
