import { systemClock } from '@tomte/kit';
import { type KubeApiServer, startKubeApiServer } from '@tomte/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ApiClient } from '../api/api-client.ts';
import type { ApiServer } from '../api/api-client.ts';
import type { K8sError } from '../api/errors.ts';
import { createPod } from '../testing/objects.ts';
import { until } from '../testing/until.ts';
import { Reflector } from './reflector.ts';

let lack: string | undefined;
let api: KubeApiServer;
let server: ApiServer;

beforeAll(async () => {
  const started = await startKubeApiServer();
  if (typeof started === 'string') {
    lack = started;
    return;
  }
  api = started;
  server = await api.serverFor(api.adminToken);
}, 120_000);
afterAll(() => (lack === undefined ? api.close() : undefined));

test('a watch that is told nothing moves on by bookmarks, and goes on from there without a list', async ({
  skip,
}) => {
  if (lack !== undefined) skip(lack);
  const client = new ApiClient(server);
  const problems: K8sError[] = [];
  const told: unknown[] = [];
  const reflector = new Reflector({
    client,
    clock: systemClock(),
    random: () => 0,
    path: '/api/v1/pods',
    fieldSelector: 'spec.nodeName=quiet',
    watchSeconds: 4,
    handler: { put: (object) => told.push(object), remove: () => undefined, keepOnly: () => undefined },
    onSettled: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => {
    reflector.close();
    client.close();
  });
  await until('the list has come', () => reflector.isCurrent);
  const listed = Number(reflector.resourceVersion);
  for (let number = 0; number < 7; number += 1)
    await createPod(api, `other-${number}`, { nodeName: 'elsewhere' });
  await until('a bookmark has come', () => Number(reflector.resourceVersion) >= listed + 7);
  const requests = client.requestCount;
  await until('another watch has begun', () => client.requestCount > requests && reflector.isCurrent);
  await createPod(api, 'mine', { nodeName: 'quiet' });
  await until('it is told', () => told.length === 1);
  expect([reflector.listCount, problems]).toEqual([1, []]);
});

test('a server that may not be asked is asked again slowly', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const { tokenFile: _, ...stranger } = server;
  const client = new ApiClient(stranger);
  const problems: K8sError[] = [];
  const waits: number[] = [];
  const reflector = new Reflector({
    client,
    clock: { ...systemClock(), after: (delayMs) => (waits.push(delayMs), () => undefined) },
    random: () => 0,
    path: '/api/v1/nothing',
    handler: { put: () => undefined, remove: () => undefined, keepOnly: () => undefined },
    onSettled: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => {
    reflector.close();
    client.close();
  });
  await until('it is refused', () => problems.length === 1);
  expect(problems[0]?.code).toMatch(/^K8S_API_(?:REFUSED|FAILED)$/);
  expect(waits[0]).toBeGreaterThanOrEqual(250);
});
