import { expect, it } from 'vitest';

it('passes', () => expect(1).toBe(1));
it('fails', () => expect(1).toBe(2));
it('skips with a reason', ({ skip }) => skip('no such kernel'));
it.skip('skips without', () => {});
