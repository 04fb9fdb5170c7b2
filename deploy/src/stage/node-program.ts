import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_NODE_ARGS } from '@tomte/tomte/agent-node-args';
import { command } from '../command.ts';

/**
 * Lays the Node of an npm package, and the launcher `tomte`. llvm-strip takes away symbols for debuggers, 18 MB, of
 * whichever architecture; what addons link to stays.
 */
export async function layNode(root: string, packageFolder: string): Promise<void> {
  const bin = join(root, 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(join(packageFolder, 'bin/node'), join(bin, 'node'));
  await command('llvm-strip', ['--strip-all', join(bin, 'node')], { remedy: '`npm run setup` brings llvm.' });
  writeFileSync(join(bin, 'tomte'), launcher(), { mode: 0o755 });
}

/** Becomes the program, so that signals reach it. An agent is kept small by arguments that NODE_OPTIONS may not hold. */
function launcher(): string {
  return `#!/bin/sh
root=/opt/tomte
export LD_LIBRARY_PATH="$root/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
case "\${1:-}" in
  agent | record) set -- ${AGENT_NODE_ARGS.join(' ')} "$root/packages/tomte/bin/tomte.mjs" "$@" ;;
  *) set -- "$root/packages/tomte/bin/tomte.mjs" "$@" ;;
esac
exec "$root/bin/node" "$@"
`;
}
