import { expect, it } from 'vitest';
import { type DistinctHeaders, toRequestHeaderAsker } from './request-header.ts';

const trust = {
  authorities: 'PEM',
  allowedNames: ['front-proxy-client'],
  userHeaders: ['X-Remote-User'],
  uidHeaders: ['X-Remote-Uid'],
  groupHeaders: ['X-Remote-Group'],
  extraPrefixes: ['X-Remote-Extra-'],
};
const headers: DistinctHeaders = {
  'x-remote-user': ['anna'],
  'x-remote-uid': ['7'],
  'x-remote-group': ['shop', 'CN=a, system:masters'],
  'x-remote-extra-example.org%2fscopes': ['read', 'write'],
  authorization: ['Bearer x'],
};

it('reads who asks, and takes a comma in a group for what it is', () => {
  expect(toRequestHeaderAsker(trust, 'front-proxy-client', headers)).toEqual({
    name: 'anna',
    uid: '7',
    groups: ['shop', 'CN=a, system:masters'],
    extra: { 'example.org/scopes': ['read', 'write'] },
  });
});

it.each<[string, typeof trust, string, DistinctHeaders]>([
  ['a certificate of another name', trust, 'someone', headers],
  ['no authority at all', { ...trust, authorities: '' }, 'front-proxy-client', headers],
  ['no user', trust, 'front-proxy-client', { 'x-remote-group': ['system:masters'] }],
  ['an empty user', trust, 'front-proxy-client', { 'x-remote-user': [''] }],
  ['a cluster that names no header', { ...trust, userHeaders: [] }, 'front-proxy-client', headers],
])('knows nobody by %s', (_, trusted, name, given) => {
  expect(toRequestHeaderAsker(trusted, name, given)).toBeUndefined();
});

it('takes any name that the authorities have signed where none is listed', () => {
  expect(toRequestHeaderAsker({ ...trust, allowedNames: [] }, 'someone', headers)?.name).toBe('anna');
});
