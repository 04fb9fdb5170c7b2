import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { checkout } from '../checkout.ts';
import { type Ingredients, renderSbom } from '../sbom/sbom.ts';
import { npmComponents } from '../sbom/npm-components.ts';
import { layBpfObjects } from './bpf-objects.ts';
import { layLibraries } from './libraries.ts';
import { layNodeModules } from './node-modules.ts';
import { layNode } from './node-program.ts';
import { npmPackage } from './npm-package.ts';
import { layPackages, programMembers } from './packages.ts';
import { settleModes } from './tree.ts';

/** Folders from which the images are built: what stands in them is copied to `/`, layer by layer. */
export interface Staged {
  readonly folder: string;
  /** Beside the folders; the same as in the images. */
  readonly sboms: { readonly tomte: string; readonly store: string };
  readonly bytes: { readonly tomte: number; readonly store: number };
}

const INSTALLED_AT = 'opt/tomte';

type Say = (line: string) => void;

/** Lays everything for `architecture` below deploy/build. What changes seldom comes first, so that layers are shared. */
export async function stage(architecture: Architecture, base: string, say: Say): Promise<Staged> {
  const folder = join(checkout, 'deploy/build', architecture.name);
  rmSync(folder, { recursive: true, force: true });
  const at = (layer: string): string => join(folder, layer, INSTALLED_AT);
  const members = programMembers();
  say('Node and shared libraries');
  const node = await npmPackage(`node-linux-${architecture.npm}`);
  await layNode(at('runtime'), node.folder);
  const libraries = await layLibraries(at('runtime'), architecture);
  say('packages of the lock file');
  await layNodeModules(members, { root: at('modules'), architecture, headers: node.folder });
  say('the command and BPF objects');
  layPackages(members, at('program'));
  const bpfObjects = await layBpfObjects(at('program'), architecture);
  say('embedded ClickHouse');
  const chdb = await npmPackage(`@chdb/lib-linux-${architecture.npm}-gnu`);
  cpSync(chdb.folder, join(at('store'), 'node_modules', chdb.name), { recursive: true, dereference: true });
  const npm = npmComponents(at('modules'));
  const ingredients: Ingredients = { architecture, base, node, libraries, npm, members, bpfObjects };
  return settle(folder, ingredients, { ...chdb, license: 'Apache-2.0' });
}

function settle(
  folder: string,
  ingredients: Ingredients,
  chdb: NonNullable<Ingredients['clickhouse']>,
): Staged {
  const texts = {
    tomte: renderSbom(ingredients),
    store: renderSbom({ ...ingredients, clickhouse: chdb }),
  };
  const sboms = { tomte: join(folder, 'tomte.cdx.json'), store: join(folder, 'tomte-store.cdx.json') };
  writeFileSync(sboms.tomte, texts.tomte);
  writeFileSync(sboms.store, texts.store);
  for (const [layer, text] of [
    ['program', texts.tomte],
    ['store', texts.store],
  ] as const) {
    const path = join(folder, layer, INSTALLED_AT, 'sbom.cdx.json');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  const [runtime, modules, program, store] = ['runtime', 'modules', 'program', 'store'].map((layer) =>
    settleModes(join(folder, layer)),
  );
  const tomte = (runtime ?? 0) + (modules ?? 0) + (program ?? 0);
  return { folder, sboms, bytes: { tomte, store: tomte + (store ?? 0) } };
}
