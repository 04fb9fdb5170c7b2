import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * How the runtime of an agent is set (docs/adr/0007-agent-memory.md). What it allocates lives for
 * milliseconds: a small nursery does, and a collector without helpers (with V8's own nursery of 16 MiB the
 * memory settled at 166 MiB under 1,500 requests a second, over the budget, and the governor shed for
 * ever).
 */
export const agentNodeArgs: readonly string[] = ['--max-semi-space-size=2', '--single-threaded-gc'];

const warmPath = fileURLToPath(new URL('./warm-agent.mjs', import.meta.url));

/**
 * Fills the compile cache of the agent's modules in a process that ends again. An agent that strips types
 * itself keeps 24 MiB of the stripper for ever. Resolves in any case: without a cache it works too.
 */
export function warmAgent(): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...agentNodeArgs, warmPath], { stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
