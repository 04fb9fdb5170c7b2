import { expect, test } from 'vitest';
import { parseMemory, parseSchedstatNs } from './processes.ts';

test('the first number of schedstat is the time on a CPU', () => {
  expect(parseSchedstatNs('48213377 1028334 411\n')).toBe(48_213_377);
});

test('memory is read from the lines of status, in MiB', () => {
  const status =
    'Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t  131072 kB\nVmRSS:\t  102400 kB\nRssAnon:\t   51200 kB\n';
  expect(parseMemory(status)).toEqual({ peakRssMiB: 128, rssMiB: 100, anonymousMiB: 50 });
  expect(Number.isNaN(parseMemory('Name:\tgone\n').peakRssMiB)).toBe(true);
});
