import { existsSync } from 'node:fs';
import type { Need } from '../suites.ts';

const looks: Readonly<Record<Need, { isMet: () => boolean; lack: string }>> = {
  linux: { isMet: () => process.platform === 'linux', lack: `needs Linux, this is ${process.platform}` },
  root: { isMet: () => process.getuid?.() === 0, lack: 'needs root to load BPF programs' },
  btf: {
    isMet: () => existsSync('/sys/kernel/btf/vmlinux'),
    lack: 'needs a kernel with /sys/kernel/btf/vmlinux',
  },
};

/** The first thing that this machine lacks, as a clause; undefined when it has all. */
export function findLack(needs: readonly Need[]): string | undefined {
  const lacking = needs.find((need) => !looks[need].isMet());
  return lacking === undefined ? undefined : looks[lacking].lack;
}
