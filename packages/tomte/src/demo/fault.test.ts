import { expect, test, vi } from 'vitest';
import { faultBegins, faultLine } from './fault.ts';

test('a fault begins after a minute, or at half of a shorter run', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 28, 3, 0, 0) });
  try {
    const fault = 'slow-dependency';
    expect(faultLine(faultBegins({ fault }, 3_600) ?? 0)).toContain('From 03:01:00 UTC');
    expect(faultLine(faultBegins({ fault }, 24) ?? 0)).toContain('From 03:00:12 UTC');
    expect(faultBegins({}, 24)).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});

test.each([{ fault: 'nothing' }, { fault: 'slow-dependency', recorded: true }])(
  '%o is refused',
  (options) => {
    expect(() => faultBegins(options, 24)).toThrowError(
      expect.objectContaining({ code: 'TOMTE_DEMO_FAULT' }),
    );
  },
);
