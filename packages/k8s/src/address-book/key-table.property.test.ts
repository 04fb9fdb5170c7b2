import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyTable } from './key-table.ts';

/** Few values a byte, so that keys meet again and buckets collide. */
const key = fc
  .array(fc.constantFrom(0, 1, 128, 255), { minLength: 16, maxLength: 16 })
  .map((bytes) => Uint8Array.from(bytes.map((byte, index) => (index % 4 === 3 ? byte : 0))));
const steps = fc.array(fc.record({ adds: fc.boolean(), key }), { maxLength: 2_000 });

test('it holds what a Map would, whatever is added and removed', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const table = new KeyTable();
      const model = new Map<string, number>();
      for (const step of all) {
        const name = step.key.join();
        const known = model.get(name);
        if (step.adds) {
          const slot = table.add(step.key);
          expect(known ?? slot).toBe(slot);
          if (known === undefined) expect([...model.values()]).not.toContain(slot);
          model.set(name, slot);
        } else if (known !== undefined) {
          table.remove(known);
          model.delete(name);
        }
        expect(table.find(step.key)).toBe(model.get(name) ?? -1);
      }
      expect(table.size).toBe(model.size);
      const copied = new Uint8Array(16);
      for (const [name, slot] of model) {
        table.copyKey(slot, copied);
        expect(copied.join()).toBe(name);
        expect(table.find(copied)).toBe(slot);
      }
    }),
    { numRuns: 100 },
  );
});
