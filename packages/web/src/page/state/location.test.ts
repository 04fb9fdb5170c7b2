import { expect, it } from 'vitest';
import { changed, linkTo, readPlace } from './location.ts';

const here = readPlace('#/service?name=a%2Fb&from=-1h&f=x%3D1&f=y%3D2');

it('reads page and parameters', () => {
  expect([here.page, here.query.get('name'), here.query.getAll('f')]).toEqual([
    'service',
    'a/b',
    ['x=1', 'y=2'],
  ]);
  expect(readPlace('').page).toBe('');
});

it('keeps the time from one page to another, and nothing else', () => {
  expect(linkTo('requests', { f: ['path=/a?b&c'] }, here)).toBe('#/requests?from=-1h&f=path%3D%2Fa%3Fb%26c');
  expect(linkTo('services', {}, readPlace('#/map'))).toBe('#/services');
});

it('changes some parameters and takes others away', () => {
  const next = readPlace(changed({ f: undefined, sort: '-n' }, here));
  expect([...next.query]).toEqual([
    ['name', 'a/b'],
    ['from', '-1h'],
    ['sort', '-n'],
  ]);
});
