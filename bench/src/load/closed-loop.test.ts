import { expect, test } from 'vitest';
import { parseWrk } from './closed-loop.ts';

const output = `Running 2s test @ http://127.0.0.1:41329/page
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   108.60us   47.01us   2.51ms   95.27%
    Req/Sec   145.83k     3.33k  147.38k    95.24%
  304673 requests in 2.10s, 72.35MB read
Requests/sec: 145052.75
Transfer/sec:     34.45MB
`;

test('the rate of wrk', () => {
  expect(parseWrk(output)).toBe(145_052.75);
});

test('answers that are no success spoil a measurement', () => {
  expect(() =>
    parseWrk(output.replace('Requests/sec', '  Non-2xx or 3xx responses: 7\nRequests/sec')),
  ).toThrow('Non-2xx');
  expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused\n')).toThrow('refused');
});
