import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AGENT_NODE_ARGS } from '../up/agent-node-args.ts';

const warmPath = fileURLToPath(new URL('./warm-agent.mjs', import.meta.url));

/**
 * Fills the compile cache of the agent's modules in a process that ends again. An agent that strips types
 * itself keeps 24 MiB of the stripper for ever. Resolves in any case: without a cache it works too.
 */
export function warmAgent(): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...AGENT_NODE_ARGS, warmPath], { stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
