import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '../checkout.ts';
import { readManifest } from '../stage/packages.ts';
import { exampleObjects, type KubernetesObject } from './objects.ts';

const examples = [...exampleObjects()];

function podsOf(objects: readonly KubernetesObject[]) {
  return objects.flatMap(({ kind, spec }) =>
    spec?.template === undefined ? [] : [{ kind, ...spec.template }],
  );
}

it('has one version with the command', () => {
  const { version } = readManifest(join(checkout, 'packages/tomte/package.json'));
  const chart = readFileSync(join(checkout, 'charts/tomte/Chart.yaml'), 'utf8');
  expect(chart).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
});

it('lets the collector list what it lists, and change nothing', () => {
  const roles = (exampleObjects().get('default') ?? []).filter(({ kind }) => kind === 'ClusterRole');
  const rules = roles.find(({ metadata }) => metadata.name.endsWith('-collector'))?.rules ?? [];
  const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );
  const source = readFileSync(join(checkout, 'packages/k8s/src/cluster-watch/resources.ts'), 'utf8');
  const paths = [...source.matchAll(/'\/(?:api|apis\/([\w.]+))\/v1\/(\w+)'/g)];
  expect(paths.length).toBeGreaterThan(10);
  for (const [, group = '', resource] of paths) expect(granted).toContain(`list ${group}/${resource}`);
  expect(granted.filter((right) => !/^(?:list|watch) /.test(right)).toSorted()).toEqual([
    'create authentication.k8s.io/tokenreviews',
    'create authorization.k8s.io/subjectaccessreviews',
  ]);
});

it('lets the collector list the custom owners that it is told of, and no others', () => {
  const objects = exampleObjects().get('cluster') ?? [];
  const role = objects.find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.endsWith('-collector'),
  );
  const custom = role?.rules?.filter(({ apiGroups }) => apiGroups.includes('argoproj.io'));
  expect(custom).toEqual([{ apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: ['list', 'watch'] }]);
  const collector = podsOf(objects).find(({ spec }) => spec.containers[0]?.name === 'collector');
  const args = collector?.spec.containers[0]?.args ?? [];
  expect(args[args.indexOf('--owner') + 1]).toBe('argoproj.io/v1alpha1/rollouts');
  expect(args[args.indexOf('--keep-annotations') + 1]).toBe('example.com/*');
});

describe.each(examples)('the example %s', (name, objects) => {
  it('labels everything as ours: by that the agent leaves our pods out of capture', () => {
    expect(objects.length).toBeGreaterThan(5);
    const labels = [...objects, ...podsOf(objects)].map(({ metadata }) => metadata.labels);
    for (const each of labels) expect(each['app.kubernetes.io/part-of']).toBe('tomte');
  });

  it('runs everything but the agent as nobody, with no capability', () => {
    for (const { kind, spec } of podsOf(objects).filter((pod) => pod.kind !== 'DaemonSet')) {
      expect([kind, spec.securityContext?.runAsNonRoot, spec.hostPID, spec.hostNetwork]).toEqual([
        kind,
        true,
        undefined,
        undefined,
      ]);
      expect(spec.volumes.filter(({ hostPath }) => hostPath !== undefined)).toEqual([]);
      for (const { securityContext } of spec.containers)
        expect(securityContext).toMatchObject({
          privileged: false,
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  it('gives the agent its capabilities and no more, and lets it write to the spool alone', () => {
    const [agent] = podsOf(objects).filter((pod) => pod.kind === 'DaemonSet');
    const [container] = agent?.spec.containers ?? [];
    const own = ['BPF', 'PERFMON', 'SYS_PTRACE', 'DAC_READ_SEARCH'];
    expect(container?.securityContext).toMatchObject({
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: name === 'restricted' ? [...own, 'SYS_ADMIN'] : own },
    });
    const onNode = agent?.spec.volumes
      .filter(({ hostPath }) => hostPath !== undefined)
      .map((volume) => volume.name);
    const written = container?.volumeMounts.filter(
      (mount) => mount.readOnly !== true && onNode?.includes(mount.name) === true,
    );
    expect(written?.map((mount) => mount.name)).toEqual(['spool']);
  });
});
