import { basename } from 'node:path';
import { attachUprobeMulti, attachUprobes, BPF_TRACE_UPROBE_MULTI } from '@tomte/bpf-host';
import type { BpfLink, BpfObject, UprobeSite } from '@tomte/bpf-host';
import { findBioLayout, planOpenSslProbes } from '@tomte/elf';
import type { BioLayout, OpenSslFunctionPlan, OpenSslPlan } from '@tomte/elf';
import { AppError } from '@tomte/kit';
import type { ProbeEvent } from '../../source.ts';
import type { UprobeMethod } from '../options.ts';
import { entryCookie, exitCookie, layoutBits } from './cookie.ts';
import { withFile } from './file-reader.ts';

export type Report = (probe: Omit<ProbeEvent, 'atNs'>) => void;

export interface TlsFile {
  readonly path: string;
  /** Path of the libcrypto that it works with, where that is known and not itself. */
  readonly libcrypto: string | undefined;
  /** As processes name it. */
  readonly name: string;
  readonly plan: OpenSslPlan;
}

/** A plan is worth attaching when plaintext can be had from it. */
const needed = ['SSL_read', 'SSL_write', 'SSL_read_ex', 'SSL_write_ex'];

/** The places of a file, or undefined when it holds no TLS library. May throw when the file is gone. */
export function planFile(path: string): OpenSslPlan | undefined {
  const planned = withFile(path, (reader) =>
    planOpenSslProbes(reader, { allowsSlots: true, allowsInnerExits: true, allowsMovedArguments: true }),
  );
  if (!planned.ok) return undefined;
  return planned.value.functions.some(({ name }) => needed.includes(name)) ? planned.value : undefined;
}

/** Where the BIOs of a library keep their descriptor: its own code says, or that of its libcrypto. */
function bioLayoutOf({ path, libcrypto }: TlsFile): BioLayout | undefined {
  for (const each of [path, libcrypto]) {
    try {
      const layout = each === undefined ? undefined : withFile(each, findBioLayout);
      if (layout !== undefined) return layout;
    } catch {
      continue; // Gone: its bindings stay unconfirmed.
    }
  }
  return undefined;
}

/** Before load: the attach type decides which kind of link the programs may have. */
export function prepareTlsObject(object: BpfObject, method: UprobeMethod): void {
  if (method !== 'uprobe_multi') return;
  for (const { name } of object.programs) object.setAttachType(name, BPF_TRACE_UPROBE_MULTI);
}

/**
 * Handshake and shutdown serve the binding alone, and only if no return escapes us: a call that seems to
 * run on for ever would bind whatever its thread does next. OpenSSL's own leave through a pointer.
 */
function isUsable({ name, entry, exitCoverage }: OpenSslFunctionPlan): boolean {
  if (entry.length === 0) return false;
  return needed.includes(name) || name === 'SSL_free' || exitCoverage === 'every-return';
}

/** Attaches both programs to all places of a plan, tells of each function, and gives what detaches. */
export function attachPlan(
  object: BpfObject,
  method: UprobeMethod,
  file: TlsFile,
  report: Report,
): BpfLink | undefined {
  const usable = file.plan.functions.filter(isUsable);
  const layout = layoutBits(file.plan, bioLayoutOf(file));
  const entries = usable.flatMap(({ name, entry }) =>
    entry.map((site) => ({ fileOffset: site.fileOffset, cookie: entryCookie(name, site, layout) })),
  );
  const exits = usable.flatMap(({ name, exit }) =>
    exit.map((site) => ({ fileOffset: site.fileOffset, cookie: exitCookie(name, site) })),
  );
  try {
    const links = [attach(object, method, { program: 'tls_enter', path: file.path, sites: entries })];
    if (exits.length > 0)
      links.push(attach(object, method, { program: 'tls_exit', path: file.path, sites: exits }));
    reportPlan(file, method, report);
    return { close: () => links.forEach((link) => link.close()) };
  } catch (error) {
    const detail = AppError.from(error, 'BPF_ATTACH_FAILED').message;
    report({ probe: 'openssl', target: file.name, state: 'failed', method, detail });
    return undefined;
  }
}

function attach(
  object: BpfObject,
  method: UprobeMethod,
  wanted: { readonly program: string; readonly path: string; readonly sites: readonly UprobeSite[] },
): BpfLink {
  const { program, path, sites } = wanted;
  if (method === 'uprobe_multi') return attachUprobeMulti(object.programFd(program), path, sites);
  return attachUprobes(object.program(program).handle, path, sites);
}

function reportPlan(
  { name, plan }: { readonly name: string; readonly plan: OpenSslPlan },
  method: UprobeMethod,
  report: Report,
): void {
  for (const planned of plan.functions) {
    const { name: probe, mode, entry, exit, notes } = planned;
    const places = [...entry, ...exit].map(
      ({ symbolOffset, instruction }) => `+${String(symbolOffset)} ${instruction}`,
    );
    const detail = [plan.version ?? basename(name), ...places, ...notes].join('; ');
    const state = entry.length === 0 ? 'absent' : isUsable(planned) ? 'attached' : 'disabled';
    report({ probe, target: name, state, method: `${method} ${mode}`, detail });
  }
  for (const probe of plan.absent)
    report({ probe, target: name, state: 'absent', method, detail: 'not defined in this file' });
}
