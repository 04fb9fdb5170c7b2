import { ManualClock } from '@tomte/kit';
import type { BlockRow } from '@tomte/testkit';
import { expect, test } from 'vitest';
import { buildConnection, ConversationBuilder } from '../testing/event-builders.ts';
import { makeHarness } from '../testing/pipeline-harness.ts';
import { detailOf, Governor, governorSteps } from './governor.ts';
import type { GovernorStep } from './governor.ts';
import { GovernedSink } from './governed-sink.ts';
import { UsageMeter } from './usage-meter.ts';

/** What the whole process may spend of a second of the test's clock. */
const BUDGET_MILLICORES = 25;
const SECOND_NS = 1e9;
/** A deadline in readings: a busy machine takes some more to come to rest. */
const MAX_READINGS = 5_000;
const CONNECTIONS = 31;

const request = 'GET /a HTTP/1.1\r\nHost: shop\r\nX-Tag: t\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** A real pipeline behind a real governor that reads this very process; only the clock is ours. */
function start() {
  const { pipeline, rows } = makeHarness();
  const clock = new ManualClock();
  const governor = new Governor({ cpuMillicores: BUDGET_MILLICORES, memoryBytes: Number.MAX_SAFE_INTEGER });
  const meter = new UsageMeter(clock, 0);
  const sink = new GovernedSink(pipeline, () => governor.step);
  const talks = Array.from({ length: CONNECTIONS }, (_, index) => new ConversationBuilder(index + 1));
  for (let id = 1; id <= CONNECTIONS; id += 1)
    sink.connection(buildConnection({ connectionId: id, remotePort: 30_000 + id }));
  const sentBy = new Map<GovernorStep, { exchanges: number; bytes: number }>();
  let second = 0;
  /** One exchange on each connection. */
  const turn = (): void => {
    const atNs = second * SECOND_NS;
    for (const talk of talks) {
      sink.data(talk.data('received', request, { atNs }));
      sink.data(talk.data('sent', answer, { atNs: atNs + 1e6 }));
    }
    const sent = sentBy.get(governor.step) ?? { exchanges: 0, bytes: 0 };
    sent.exchanges += CONNECTIONS;
    sent.bytes += CONNECTIONS * (request.length + answer.length);
    sentBy.set(governor.step, sent);
  };
  /** Ends the second: what was spent is read, and the governor decides. */
  const decide = () => {
    second += 1;
    clock.advanceMs(1_000);
    const change = governor.observe(meter.read());
    if (change !== undefined) pipeline.setDetail(detailOf(governor.step));
    return change;
  };
  return { pipeline, rows, governor, sentBy, turn, decide };
}

const sum = (rows: readonly BlockRow[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);

test('work over the budget sheds step by step, says so, loses nothing untold, and comes back', () => {
  const { pipeline, rows, governor, sentBy, turn, decide } = start();
  const seen: GovernorStep[] = [governor.step];
  for (let reading = 0; governor.step !== 'counts' && reading < MAX_READINGS; reading += 1) {
    const startMs = cpuMs();
    do turn();
    while (cpuMs() - startMs < 2 * BUDGET_MILLICORES);
    const change = decide();
    if (change !== undefined) {
      expect(change.why).toMatch(/^\d+ millicores of 25$/);
      seen.push(change.to);
    }
  }
  expect(seen).toEqual(governorSteps);
  turn();
  for (let reading = 0; governor.step !== 'bodies' && reading < MAX_READINGS; reading += 1) decide();
  expect(governor.step).toBe('bodies');
  pipeline.stop();

  const requests = rows('requests');
  const withBody = requests.filter((row) => row['response_body'] === 'hello');
  const sent = (step: GovernorStep) => sentBy.get(step) ?? { exchanges: 0, bytes: 0 };
  expect(withBody).toHaveLength(sent('bodies').exchanges);
  const whole = requests.filter((row) => Number(row['request_missing_bytes']) === 0);
  const sampledOnes = sent('sampled').exchanges * (3 / CONNECTIONS);
  expect(whole).toHaveLength(sent('bodies').exchanges + sent('headers').exchanges + sampledOnes);
  // Bytes sent are either in a row or in the account of what was shed.
  const shed = rows('loss').filter((row) => row['source'] === 'socket_data');
  const shedBytes = sent('counts').bytes + sent('sampled').bytes * (1 - 3 / CONNECTIONS);
  expect(sum(shed, 'bytes')).toBe(shedBytes);
  expect(sum(shed, 'events')).toBe((2 * shedBytes) / (request.length + answer.length));
});
