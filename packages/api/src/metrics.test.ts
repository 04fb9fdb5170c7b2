import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ApiMetrics } from './metrics.ts';

function text(): string {
  const metrics = new ApiMetrics();
  metrics.observe('/api/v1/loss', 200, 0.003);
  metrics.observe('/api/v1/loss', 404, 7);
  metrics.observe('a"b\\c\nd', 200, 0.3);
  metrics.countError('QUERY_LIMIT_INVALID');
  return metrics.toText(1);
}

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool)
  process.stderr.write('SKIPPED: promtool is not installed (Debian: apt-get install prometheus)\n');

it.skipIf(!hasPromtool)('Prometheus finds nothing to complain of', () => {
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: text(), encoding: 'utf8' });
  expect([checked.stdout, checked.stderr, checked.status]).toEqual(['', '', 0]);
});

it('counts cumulatively, and keeps labels in one line', () => {
  const lines = text().split('\n');
  expect(lines).toContain('tomte_api_request_duration_seconds_bucket{route="/api/v1/loss",le="0.005"} 1');
  expect(lines).toContain('tomte_api_request_duration_seconds_bucket{route="/api/v1/loss",le="10"} 2');
  expect(lines).toContain('tomte_api_requests_total{route="a_b_c_d",status="200"} 1');
  expect(lines.every((line) => /^(#|[a-z_]+(\{.*\})? [\d.e+-]+$|$)/.test(line))).toBe(true);
});
