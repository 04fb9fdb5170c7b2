import { expect, it } from 'vitest';
import { parseQuestion } from './question.ts';
import { parity } from './parity.ts';
import { views } from './views/index.ts';

it('names each script once: 67 of the bundle px, and the others', () => {
  const scripts = parity.map(({ script }) => script);
  expect(new Set(scripts).size).toBe(scripts.length);
  const count = (bundle: string) => scripts.filter((script) => script.startsWith(`${bundle}/`)).length;
  expect([count('px'), count('pxbeta'), count('bpftrace'), count('sotw')]).toEqual([67, 4, 10, 2]);
});

it('says of each what is missing where nothing answers it', () => {
  for (const { script, views: named, routes = [], missing } of parity)
    expect([script, named.length + routes.length > 0 || missing !== '']).toEqual([script, true]);
});

it.each(parity.flatMap(({ script, views: named }) => named.map((view) => [view, script] as const)))(
  '%s, for %s, can be asked',
  (text) => {
    const [name = '', query = ''] = text.split(/\?(.*)/s);
    const view = views.find((one) => one.name === name);
    if (view === undefined) throw new Error(`there is no view ${name}`);
    const filter = query.startsWith('filter=') ? query.slice('filter='.length) : undefined;
    const given =
      filter === undefined
        ? query
            .split('&')
            .filter((part) => part !== '')
            .map((part) => part.split('='))
        : [['filter', filter.replace('…', 'x')]];
    const parameters = Object.fromEntries(
      given.map(([key = '', value = '']) => [key, [value === '' && key !== 'filter' ? 'x' : value]]),
    );
    const question = parseQuestion(view, parameters, 1_767_225_600_000_000_000n);
    expect(question.ok ? '' : question.error.message).toBe('');
  },
);
