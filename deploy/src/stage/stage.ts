import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { checkout } from '../checkout.ts';
import { type Ingredients, renderSbom } from '../sbom/sbom.ts';
import { npmComponents } from '../sbom/npm-components.ts';
import { layAgentBundle } from './agent-bundle.ts';
import { layBpfObjects } from './bpf-objects.ts';
import { layLibraries } from './libraries.ts';
import { layNodeModules } from './node-modules.ts';
import { layNode } from './node-program.ts';
import { isLocked, npmPackage } from './npm-package.ts';
import { layPackages, programMembers } from './packages.ts';
import { settleModes } from './tree.ts';
import { buildWebPage } from './web-page.ts';

/** Folders from which the images are built: what stands in them is copied to `/`, layer by layer. */
export interface Staged {
  readonly folder: string;
  readonly tomte: StagedImage;
  /** Undefined where there is no embedded ClickHouse for the architecture. */
  readonly store?: StagedImage;
}

interface StagedImage {
  /** Beside the folders; the same as in the image. */
  readonly sbom: string;
  /** Without the base. */
  readonly bytes: number;
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
  await layNode(at('runtime'), node.folder, architecture);
  const libraries = await layLibraries(at('runtime'), architecture);
  say('packages of the lock file');
  await layNodeModules(members, { root: at('modules'), architecture, headers: node.folder });
  say('the web page');
  const page = await buildWebPage();
  say('the command and BPF objects');
  layPackages(members, at('program'));
  await layAgentBundle(at('program'));
  const bpfObjects = await layBpfObjects(at('program'), architecture);
  const chdb = await layClickhouse(at('store'), architecture, say);
  const npm = [...npmComponents(at('modules')), ...page];
  const ingredients: Ingredients = { architecture, base, node, libraries, npm, members, bpfObjects };
  const bytesOf = (layer: string): number => settleModes(join(folder, layer));
  const sbom = writeSbom(folder, 'program', ingredients);
  const bytes = bytesOf('runtime') + bytesOf('modules') + bytesOf('program');
  if (chdb === undefined) return { folder, tomte: { sbom, bytes } };
  const storeSbom = writeSbom(folder, 'store', { ...ingredients, clickhouse: chdb });
  return { folder, tomte: { sbom, bytes }, store: { sbom: storeSbom, bytes: bytes + bytesOf('store') } };
}

/** Undefined where the lock file has no library for the architecture: there is then no image `tomte-store`. */
async function layClickhouse(
  root: string,
  { npm, name }: Architecture,
  say: Say,
): Promise<Ingredients['clickhouse']> {
  const library = `@chdb/lib-linux-${npm}-gnu`;
  if (!isLocked(library)) {
    say(
      `no embedded ClickHouse: pnpm-lock.yaml has no ${library}, so there is no image tomte-store for ${name}`,
    );
    return undefined;
  }
  say('embedded ClickHouse');
  const chdb = await npmPackage(library);
  cpSync(chdb.folder, join(root, 'node_modules', library), { recursive: true, dereference: true });
  return { ...chdb, license: 'Apache-2.0' };
}

/** Beside the folders and in the layer; returns the path of the first. */
function writeSbom(folder: string, layer: string, ingredients: Ingredients): string {
  const text = renderSbom(ingredients);
  const inside = join(folder, layer, INSTALLED_AT);
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, 'sbom.cdx.json'), text);
  const beside = join(folder, `${ingredients.clickhouse === undefined ? 'tomte' : 'tomte-store'}.cdx.json`);
  writeFileSync(beside, text);
  return beside;
}
