import { probeKernel } from '@tomte/agent';
import { AppError } from '@tomte/kit';
import { type Check, failed, info, ok, warn } from './check.ts';

type Report = Awaited<ReturnType<typeof probeKernel>>;

/** Without these nothing is captured at all. */
const ESSENTIAL = new Set(['everything', 'the bytes of streams', 'socket data']);

/** What it means that a probe is left out; others say it themselves. */
const BOUND_LATER = 'A TLS object is bound at its first read or write instead: nothing is lost';
const meanings: ReadonlyMap<string, string> = new Map([
  ['SSL_do_handshake', BOUND_LATER],
  ['SSL_shutdown', BOUND_LATER],
]);

export interface Tried {
  readonly features: readonly Check[];
  readonly probes: readonly Check[];
}

/** Asks the kernel itself, and attaches every probe for a moment with nothing to capture. */
export async function triedChecks(): Promise<Tried> {
  try {
    const { features, probes } = await probeKernel();
    return { features: features.map(featureCheck), probes: probes.map(probeCheck) };
  } catch (thrown) {
    const error = AppError.from(thrown, 'BPF_LOAD_FAILED');
    return { features: [], probes: [failed('programs', error.message, error.remedy ?? '')] };
  }
}

function featureCheck({ name, purpose, since, isThere, detail }: Report['features'][number]): Check {
  if (isThere === true) return ok(name, 'yes');
  if (isThere === undefined)
    return warn(name, `not told: ${detail}`, 'The kernel answers root, or CAP_BPF and CAP_PERFMON.');
  const remedy = `Needed for ${purpose}: kernel ${since} or newer.`;
  return ESSENTIAL.has(purpose) ? failed(name, 'no', remedy) : warn(name, 'no', remedy);
}

function probeCheck({ probe, target, state, method, detail }: Report['probes'][number]): Check {
  const name = target === 'kernel' ? probe : `${probe} of ${target}`;
  const value = `${state}, ${method}`;
  if (state === 'attached') return ok(name, value);
  if (state === 'failed') return warn(name, value, detail);
  const meaning = meanings.get(probe) ?? '';
  return info(
    name,
    [value, detail, meaning]
      .filter((text) => text !== '')
      .map((text) => text.replace(/\.$/, ''))
      .join('. '),
  );
}
