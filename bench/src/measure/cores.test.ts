import { expect, test } from 'vitest';
import { chooseCores } from './cores.ts';

test('the last processor is measured, all before it carry the rest', () => {
  expect(chooseCores(2)).toEqual({ measured: 1, others: '0' });
  expect(chooseCores(8)).toEqual({ measured: 7, others: '0-6' });
});

test('one processor is not enough', () => {
  expect(() => chooseCores(1)).toThrow('one processor');
});
