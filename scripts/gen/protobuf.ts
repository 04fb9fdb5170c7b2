import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const wire = join(import.meta.dirname, '../../packages/wire');
const PATH = 'packages/wire/src/gen/agent.ts';

/** Erasable syntax only, bigint for 64 bits except where the field says JS_NUMBER, no JSON half. */
const options = [
  'forceLong=bigint',
  'useJsTypeOverride=true',
  'oneof=unions',
  'enumsAsLiterals=true',
  'removeEnumPrefix=true',
  'unrecognizedEnum=false',
  'outputServices=none',
  'outputJsonMethods=false',
  'useExactTypes=false',
  'exportCommonSymbols=false',
  'esModuleInterop=true',
  'env=both',
];

async function generate(directory: string): Promise<string> {
  const template = {
    version: 'v2',
    plugins: [
      {
        local: [process.execPath, join(wire, 'node_modules/ts-proto/protoc-gen-ts_proto')],
        out: directory,
        opt: options,
      },
    ],
  };
  const buf = join(wire, 'node_modules/@bufbuild/buf/bin/buf');
  const args = [buf, 'generate', 'proto', '--template', JSON.stringify(template)];
  await promisify(execFile)(process.execPath, args, { cwd: wire });
  return readFile(join(directory, 'tomte/v1/agent.ts'), 'utf8');
}

/** The messages of `packages/wire/proto`, by buf and ts-proto. */
export const protobufGenerator: Generator = {
  name: 'protobuf',
  async outputs() {
    const directory = await mkdtemp(join(tmpdir(), 'tomte-protobuf-'));
    try {
      const text = await generate(directory);
      return new Map([[PATH, `${headerLine('//', 'protobuf')}\n${text}`]]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};
