import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { checkout } from '../checkout.ts';

/** Where the bundle lies in an installation, and so what it names is named from there. */
export const AGENT_BUNDLE = 'packages/tomte/src/agent-main.js';
const ENTRY = 'packages/tomte/src/agent-main.ts';
const AGENT = 'packages/tomte/src/roles/agent.ts';
/** Native addons look for their libraries beside themselves. */
const ADDON = /^@2060\.io\//;
/** The decoder of machine code, the only package that looks beside itself and goes into the bundle. */
const DECODER_FOLDER = 'packages/elf/node_modules/iced-x86';

/**
 * Lays `tomte agent` as one file into an installation of the command: 570 modules with their comments and all that no
 * agent calls take 13 MiB more. Names stay, so that a stack says where.
 */
export async function layAgentBundle(root: string): Promise<void> {
  const bundle = await rolldown({
    input: join(checkout, ENTRY),
    platform: 'node',
    plugins: [leaveOthers()],
    onLog: () => undefined,
  });
  const { output } = await bundle.write({
    file: join(root, AGENT_BUNDLE),
    format: 'esm',
    codeSplitting: false,
    banner: `const __dirname = import.meta.dirname + '/${fromBundle(join(checkout, DECODER_FOLDER))}';`,
    minify: { mangle: false, compress: true, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  const [{ code }] = output;
  writeFileSync(join(root, AGENT_BUNDLE), toAscii(code));
}

/** The same where it can run on this machine: addons and decoder are those of this checkout. */
export async function layAgentHere(root: string): Promise<string> {
  await layAgentBundle(root);
  for (const name of ['bpf-host', 'elf']) {
    mkdirSync(join(root, 'packages', name));
    symlinkSync(
      join(checkout, 'packages', name, 'node_modules'),
      join(root, 'packages', name, 'node_modules'),
    );
  }
  return join(root, AGENT_BUNDLE);
}

/** Verbs other than the agent's stay files of their own, and so do native addons. */
function leaveOthers(): Plugin {
  return {
    name: 'leave-others',
    resolveId(id, importer, { kind }) {
      if (importer === undefined) return null;
      if (ADDON.test(id)) return { id: fromBundle(addonPath(id, importer)), external: true };
      if (kind !== 'dynamic-import' || !id.startsWith('.')) return null;
      const path = join(dirname(importer), id);
      if (path === join(checkout, AGENT)) return null;
      return { id: fromBundle(path).replace(/\.ts$/, '.js'), external: true };
    },
  };
}

/** By the link in the importing package, which is the same in an installation. */
function addonPath(id: string, importer: string): string {
  const resolved = createRequire(importer).resolve(id);
  const within = resolved.slice(resolved.lastIndexOf(`node_modules/${id}/`));
  return join(checkout, 'packages/bpf-host', within);
}

function fromBundle(path: string): string {
  const from = relative(join(checkout, dirname(AGENT_BUNDLE)), path);
  return from.startsWith('.') ? from : `./${from}`;
}

/** One character that is not Latin makes V8 hold the whole text with two bytes a character. */
function toAscii(code: string): string {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
