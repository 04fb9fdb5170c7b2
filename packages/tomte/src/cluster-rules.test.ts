import { AppError } from '@tomte/kit';
import { expect, test } from 'vitest';
import { type ClusterRuleOptions, parseClusterRules } from './cluster-rules.ts';

function codeOf(options: ClusterRuleOptions): string {
  try {
    parseClusterRules(options);
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code;
  }
  return '';
}

test('no custom owners, the usual labels and no annotations, unless told otherwise', () => {
  expect(parseClusterRules({})).toEqual({
    customOwners: [],
    labels: ['app', 'app.kubernetes.io/*', 'version', 'topology.kubernetes.io/*', 'node.kubernetes.io/*'],
    annotations: [],
  });
  expect(parseClusterRules({ keepLabels: '' }).labels).toEqual([]);
});

test('owners by group, version and resource, each once', () => {
  const owner = ['argoproj.io/v1alpha1/rollouts', 'apps.kruise.io/v1beta1/statefulsets'];
  expect(parseClusterRules({ owner: [...owner, ...owner] }).customOwners).toEqual([
    { group: 'argoproj.io', version: 'v1alpha1', resource: 'rollouts' },
    { group: 'apps.kruise.io', version: 'v1beta1', resource: 'statefulsets' },
  ]);
});

test.each(['rollouts', 'argoproj.io/rollouts', 'a/v1/b/c', 'a/v1/B', 'a/../b', 'a/v1/', '/v1/pods', 'a/1/b'])(
  '%s is no custom owner',
  (owner) => expect(codeOf({ owner: [owner] })).toBe('TOMTE_OWNER_INVALID'),
);

test('owners have a bound', () => {
  const owner = Array.from({ length: 17 }, (_, index) => `example.com/v1/kind${index}`);
  expect(parseClusterRules({ owner: owner.slice(1) }).customOwners).toHaveLength(16);
  expect(codeOf({ owner })).toBe('TOMTE_OWNER_INVALID');
});

test('names of labels and annotations, whole or by how they begin', () => {
  const names = ['app', 'App_1.x', 'example.com/team', 'example.com/*', 'tier-*', 'a.b/c*'];
  const { labels, annotations } = parseClusterRules({
    keepLabels: names.join(','),
    keepAnnotations: 'example.com/*,,example.com/*',
  });
  expect(labels).toEqual(names);
  expect(annotations).toEqual(['example.com/*']);
});

test.each(['*', 'a b', '-a', 'a/b/c', '*/a', 'a/', 'a*b', `${'a'.repeat(64)}`])('%s is no name', (name) => {
  expect(codeOf({ keepLabels: name })).toBe('TOMTE_KEPT_NAME_INVALID');
  expect(codeOf({ keepAnnotations: name })).toBe('TOMTE_KEPT_NAME_INVALID');
});

test('names have a bound', () => {
  const names = Array.from({ length: 65 }, (_, index) => `name-${index}`);
  expect(parseClusterRules({ keepAnnotations: names.slice(1).join(',') }).annotations).toHaveLength(64);
  expect(codeOf({ keepAnnotations: names.join(',') })).toBe('TOMTE_KEPT_NAME_INVALID');
});
