import type { Names, Plan } from './plan.ts';
import { fillTemplate } from './template.ts';

const TYPES = 'bpf/events/types.h';
const DECODED = 'bpf/events/types.c';

/** A BPF program with an event of its own: found by make, its decoder generated, its test on a live kernel. */
export function planBpf(names: Names, read: (path: string) => string): Plan {
  const { snake, kebab, upper } = names;
  const event = `${snake}_event`;
  return {
    files: {
      [`bpf/programs/${snake}.bpf.c`]: fillTemplate('bpf/program.bpf.c', names),
      [`bpf/events/${event}.h`]: fillTemplate('bpf/event.h', names),
      [`bpf/tests/${kebab}.bpf.test.ts`]: fillTemplate('bpf/test.ts', names),
    },
    insertions: [
      {
        kind: 'entry',
        path: TYPES,
        opener: /^enum event_type\b/,
        line: `\tEVENT_${upper} = ${nextType(read(TYPES))},`,
      },
      { kind: 'after', path: DECODED, last: /^#include "events\//, line: `#include "events/${event}.h"` },
      {
        kind: 'after',
        path: DECODED,
        last: /^struct \w+_event type_/,
        line: `struct ${event} type_${event};`,
      },
    ],
    next: [
      `Write bpf/programs/${snake}.bpf.c and its event; then: make -C bpf && node bpf/scripts/gen-decoders.ts`,
      'Export the decoder from packages/bpf-host/src/index.ts.',
      'In packages/agent/src/sources/live: load it (kernel-objects.ts), attach it (attach.ts), hand its event over (lifecycle-drain.ts).',
      `pnpm exec vitest run --project bpf bpf/tests/${kebab} && pnpm check`,
    ],
  };
}

/** One above the highest event type in use. */
function nextType(source: string): number {
  const numbers = [...source.matchAll(/^\tEVENT_\w+ = (\d+),$/gm)].map((match) => Number(match[1]));
  return Math.max(0, ...numbers) + 1;
}
