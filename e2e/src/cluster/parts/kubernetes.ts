import { readFileSync } from 'node:fs';
import type { Part } from '../part.ts';
import { versions } from '../versions.ts';
import { type GoBuild, buildGo, downloadModule } from './go.ts';

const root = 'k8s.io/kubernetes';
const commands = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubeadm',
  'kubectl',
];
/** No proxy has these two, and nothing needs them. */
const absent = ['sample-cli-plugin', 'sample-controller'];
const packages = commands.map((command) => `${root}/cmd/${command}`);
const [major = '', minor = ''] = versions.kubernetes.slice(1).split('.');

/** Without its version kubeadm refuses to work. */
const linkerFlags = [
  '-s -w',
  `-X k8s.io/component-base/version.gitVersion=${versions.kubernetes}`,
  `-X k8s.io/component-base/version.gitMajor=${major}`,
  `-X k8s.io/component-base/version.gitMinor=${minor}`,
  `-X k8s.io/client-go/pkg/version.gitVersion=${versions.kubernetes}`,
].join(' ');

const source = [
  '//go:build tools',
  'package tools',
  'import (',
  ...packages.map((name) => ` _ "${name}"`),
  ')',
  '',
].join('\n');

/** kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubeadm, kubectl. */
export const kubernetes: Part = {
  name: 'kubernetes',
  recipe: [versions.kubernetes, versions.kubernetesLibraries, linkerFlags, source],
  async build(folder) {
    const { GoMod } = await downloadModule(`${root}@${versions.kubernetes}`);
    const build: GoBuild = {
      goMod: goModOf(stagingModules(readFileSync(GoMod, 'utf8'))),
      fileName: 'tools.go',
      source,
      packages,
      linkerFlags,
    };
    await buildGo(build, folder);
  },
};

/** Kubernetes replaces these by folders of its own; we, who build it as a module, must name their release. */
function stagingModules(goMod: string): readonly string[] {
  const names = [...goMod.matchAll(/^\s*(\S+) => \.\/staging/gm)].map((match) => match[1] ?? '');
  return names.filter((name) => !absent.some((suffix) => name.endsWith(suffix)));
}

function goModOf(modules: readonly string[]): string {
  const at = versions.kubernetesLibraries;
  const lines = modules.flatMap((name) => [`require ${name} ${at}`, `replace ${name} => ${name} ${at}`]);
  const head = ['module tomte.test/kubernetes', 'go 1.24.0', 'godebug default=go1.24'];
  return [...head, `require ${root} ${versions.kubernetes}`, ...lines, ''].join('\n');
}
