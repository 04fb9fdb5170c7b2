import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Before tests that load BPF programs: those of the sources as they are, not of the last set-up. */
export function setup(): void {
  const folder = fileURLToPath(new URL('../../bpf', import.meta.url));
  const { status, error } = spawnSync('make', ['-s', '-C', folder], { stdio: 'inherit' });
  if (error !== undefined) return; // No make here: set-up says so, and the tests that need objects fail by themselves.
  if (status !== 0) throw new Error('the BPF objects do not build; the messages of make stand above');
}
