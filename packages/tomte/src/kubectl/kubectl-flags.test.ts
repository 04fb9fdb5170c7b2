import { expect, it } from 'vitest';
import { parseKubectlCall } from './kubectl-flags.ts';

it.each<[string, readonly string[], object]>([
  [
    'a verb alone',
    ['services'],
    { verb: ['services'], kubectl: [], namespace: undefined, isAllNamespaces: false },
  ],
  [
    'a namespace behind the verb',
    ['requests', '-n', 'shop', '--follow'],
    { verb: ['requests', '--follow'], namespace: 'shop' },
  ],
  ['a namespace before it', ['-nshop', 'requests'], { verb: ['requests'], namespace: 'shop' }],
  ['its long form', ['requests', '--namespace=shop'], { namespace: 'shop' }],
  [
    'all namespaces',
    ['requests', '-A', '--limit', '5'],
    { isAllNamespaces: true, verb: ['requests', '--limit', '5'] },
  ],
  [
    'a context and a kubeconfig',
    ['--kubeconfig', 'k', 'edges', '--context=c', '--as', 'anna', '--as-group=a', '--as-group=b'],
    {
      kubectl: ['--kubeconfig', 'k', '--context', 'c', '--as', 'anna', '--as-group', 'a', '--as-group', 'b'],
      verb: ['edges'],
    },
  ],
  [
    'what stands behind --',
    ['sql', '--', '-n', '--context'],
    { verb: ['sql', '-n', '--context'], kubectl: [] },
  ],
  ['a filter with an equals sign', ['requests', 'path=/a=b'], { verb: ['requests', 'path=/a=b'] }],
])('reads %s', (_, args, expected) => {
  expect(parseKubectlCall(args)).toMatchObject(expected);
});

it.each([
  [['requests', '-n']],
  [['requests', '-n', '../x']],
  [['requests', '--context']],
  [['requests', '-n', 'A']],
])('refuses %j', (args) => {
  expect(() => parseKubectlCall(args)).toThrow(expect.objectContaining({ code: 'TOMTE_USAGE' }));
});
