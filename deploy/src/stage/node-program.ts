import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_ENVIRONMENT, AGENT_NODE_ARGS } from '@tomte/tomte/agent-node-args';
import type { Architecture } from '../architecture.ts';
import { command } from '../command.ts';
import { AGENT_BUNDLE } from './agent-bundle.ts';

/**
 * Lays the Node of an npm package, and the launcher `tomte`. llvm-strip takes away symbols for debuggers, 18 MB, of
 * whichever architecture; what addons link to stays.
 */
export async function layNode(
  root: string,
  packageFolder: string,
  architecture: Architecture,
): Promise<void> {
  const bin = join(root, 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(join(packageFolder, 'bin/node'), join(bin, 'node'));
  await command('llvm-strip', ['--strip-all', join(bin, 'node')], { remedy: '`npm run setup` brings llvm.' });
  writeFileSync(join(bin, 'tomte'), launcher(architecture), { mode: 0o755 });
}

/** Becomes the program, so that signals reach it. An agent is kept small by arguments that NODE_OPTIONS may not hold. */
function launcher({ bpf }: Architecture): string {
  const environment = Object.entries(AGENT_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  return `#!/bin/sh
root=/opt/tomte
program="$root/packages/tomte/bin/tomte.mjs"
export LD_LIBRARY_PATH="$root/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
case "\${1:-}" in
  agent)
    program="$root/${AGENT_BUNDLE}"
    export TOMTE_BPF_OBJECTS="\${TOMTE_BPF_OBJECTS:-$root/bpf/build/${bpf}}" ;;
esac
case "\${1:-}" in
  agent | record)
    export ${environment.join(' ')}
    set -- ${AGENT_NODE_ARGS.join(' ')} "$program" "$@" ;;
  *) set -- "$program" "$@" ;;
esac
exec "$root/bin/node" "$@"
`;
}
