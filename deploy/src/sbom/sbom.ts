import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Architecture } from '../architecture.ts';
import type { DebianPackage } from '../stage/libraries.ts';
import type { Member } from '../stage/packages.ts';
import type { NpmComponent } from './npm-components.ts';

/** What an image was made of. */
export interface Ingredients {
  readonly architecture: Architecture;
  readonly base: string;
  readonly node: { readonly name: string; readonly version: string; readonly integrity: string };
  readonly libraries: readonly DebianPackage[];
  readonly npm: readonly NpmComponent[];
  readonly members: readonly Member[];
  readonly bpfObjects: readonly string[];
  /** The embedded ClickHouse, in `tomte-store` only. */
  readonly clickhouse?: NpmComponent;
}

interface Component {
  readonly type: 'application' | 'library' | 'file' | 'platform' | 'container';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly object[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** CycloneDX 1.6, in JSON. The same ingredients give the same bytes: no time, no chance. */
export function renderSbom(ingredients: Ingredients): string {
  const { members, clickhouse } = ingredients;
  const version = members.find(({ folder }) => folder === 'tomte')?.manifest.version ?? '';
  const name = clickhouse === undefined ? 'tomte' : 'tomte-store';
  const root: Component = { type: 'container', 'bom-ref': name, name, version, licenses: spdx('Apache-2.0') };
  const components = componentsOf(ingredients);
  const body = {
    version: 1,
    metadata: {
      component: root,
      properties: [
        { name: 'tomte:architecture', value: ingredients.architecture.name },
        { name: 'tomte:base-image', value: ingredients.base },
      ],
    },
    components,
    dependencies: [{ ref: name, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  const head = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(JSON.stringify(body)) };
  return `${JSON.stringify({ ...head, ...body }, null, 1)}\n`;
}

function componentsOf(ingredients: Ingredients): readonly Component[] {
  const { node, libraries, npm, members, bpfObjects, clickhouse, architecture } = ingredients;
  return [
    npmComponent({ ...node, license: 'MIT' }, 'platform'),
    ...(clickhouse === undefined ? [] : [npmComponent(clickhouse, 'library')]),
    ...libraries.map((library) => debianComponent(library, architecture)),
    ...npm.map((component) => npmComponent(component, 'library')),
    ...members.map(({ manifest: { name, version, license } }): Component => ({
      type: 'library',
      'bom-ref': `${name}@${version}`,
      name,
      version,
      licenses: spdx(license),
    })),
    ...bpfObjects.map(fileComponent),
  ];
}

function npmComponent(
  { name, version, license, integrity }: NpmComponent,
  type: 'library' | 'platform',
): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
  return {
    type,
    'bom-ref': purl,
    name,
    version,
    purl,
    licenses: spdx(license),
    hashes: [{ alg: 'SHA-512', content }],
  };
}

function debianComponent({ name, version, sha256 }: DebianPackage, { name: arch }: Architecture): Component {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}`;
  const hashes = [{ alg: 'SHA-256', content: sha256 }];
  return { type: 'library', 'bom-ref': purl, name, version, purl, hashes };
}

function fileComponent(path: string): Component {
  const name = basename(path);
  const content = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { type: 'file', 'bom-ref': `file:${name}`, name, hashes: [{ alg: 'SHA-256', content }] };
}

function spdx(license: string | undefined): readonly object[] {
  return license === undefined ? [] : [{ expression: license }];
}

/** A UUID of the content's own: version 8 of RFC 9562. */
function serialOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
