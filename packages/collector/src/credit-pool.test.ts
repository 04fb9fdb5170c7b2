import { expect, test } from 'vitest';
import { defaultLimits } from './collector-options.ts';
import { CreditPool } from './credit-pool.ts';

const MIB = 1024 * 1024;
const limits = { ...defaultLimits, budgetBytes: 96 * MIB, maxStreamBytes: 48 * MIB };

test('an agent that comes back again and again fills the memory once, while nothing is settled', () => {
  const pool = new CreditPool(limits);
  const held: { account: ReturnType<typeof pool.open>; bytes: number }[] = [];
  for (let stream = 0; stream < 23; stream += 1) {
    const account = pool.open();
    const { bytes = 0 } = pool.grant(account) ?? {};
    if (bytes > 0) {
      pool.hold(account, bytes);
      held.push({ account, bytes });
    }
    pool.close(account);
  }
  const total = held.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total).toBeGreaterThan(90 * MIB);
  expect(total).toBeLessThanOrEqual(limits.budgetBytes + limits.minStreamBytes);
  const last = pool.open();
  expect(pool.grant(last)).toBeUndefined();
  for (const { account, bytes } of held) pool.release(account, bytes);
  expect(pool.grant(last)?.bytes).toBe(48 * MIB);
});

test('what a living stream holds is taken from its own share only', () => {
  const pool = new CreditPool(limits);
  const [first, second] = [pool.open(), pool.open()];
  pool.grant(first);
  pool.hold(first, 40 * MIB);
  expect(pool.grant(second)?.bytes).toBe(48 * MIB);
  pool.release(first, 40 * MIB);
  pool.close(first);
  expect(pool.grant(pool.open())?.bytes).toBe(48 * MIB);
});
