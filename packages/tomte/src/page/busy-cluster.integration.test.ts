import { startApi, storeRunner } from '@tomte/api';
import { systemClock } from '@tomte/kit';
import { startTestStore, type TestStore } from '@tomte/testkit';
import { pageFolder } from '@tomte/web';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { hindrances, look, startBrowser } from '../testing/browser.ts';

const NAMESPACES = 12;
const SERVICES = 600;
const EDGES = 3_000;

let browser: Browser | string;
let test: TestStore;
let api: Awaited<ReturnType<typeof startApi>>;

beforeAll(async () => {
  browser = await startBrowser();
  if (typeof browser === 'string') return;
  test = await startTestStore();
  api = await startApi({
    sql: storeRunner(test.store, 30_000),
    clock: systemClock(),
    host: '127.0.0.1',
    port: 0,
    pageFolder,
  });
  await insert(Array.from({ length: EDGES }, (_, index) => requestOf(index)));
}, 120_000);

afterAll(async () => {
  if (typeof browser !== 'string') await browser?.close();
  await api?.close();
  await test?.close();
});
beforeEach(({ skip }) => {
  if (typeof browser === 'string') skip(browser);
});

async function insert(rows: readonly object[]): Promise<void> {
  const url = new URL(test.server.url);
  url.searchParams.set('query', 'INSERT INTO tomte.requests FORMAT JSONEachRow');
  const login = Buffer.from(`${test.server.user}:${test.server.password}`).toString('base64');
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Basic ${login}` } });
  expect(await response.text()).toBe('');
}

const namespaceOf = (service: number): string => `team-${service % NAMESPACES}`;

/** One request of one service to another, each pair once, some seconds ago. */
function requestOf(index: number): object {
  const [server, client] = [index % SERVICES, (index * 7 + Math.floor(index / SERVICES) * 31 + 1) % SERVICES];
  const time = new Date(Date.now() - 30_000 - (index % 60) * 1_000)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '');
  return {
    start_time: time,
    duration_ns: 1_000_000 + index * 1_000,
    protocol: 'http',
    method: 'GET',
    path: '/orders',
    status_code: index % 50 === 0 ? 500 : 200,
    outcome: index % 50 === 0 ? 'server_error' : 'ok',
    role: 'server',
    service_name: `service-${server}`,
    k8s_namespace_name: namespaceOf(server),
    peer_service_name: `service-${client}`,
    peer_k8s_namespace_name: namespaceOf(client),
    connection_id: index + 1,
    spool_id: 1,
    batch_seq: 1,
  };
}

it('draws thousands of edges by namespace, and opens one', async () => {
  if (typeof browser === 'string') throw new Error(browser);
  const { page, complaints, close } = await look(browser, `${api.url}/#/map`);
  await page.getByRole('heading', { name: `${SERVICES} services` }).waitFor();
  await page.getByRole('group', { name: new RegExp(`^Map of ${NAMESPACES} nodes`) }).waitFor();
  expect(await hindrances(page)).toEqual([]);
  await page.getByRole('link', { name: /^team-3 .*50 services/ }).click();
  await page
    .getByRole('group', { name: new RegExp(`^Map of ${NAMESPACES - 1 + SERVICES / NAMESPACES} nodes`) })
    .waitFor();
  await page.getByRole('searchbox').fill('service-15');
  await page.getByRole('link', { name: /^service-15 / }).waitFor();
  await page.getByLabel('By namespace').uncheck();
  await page.getByText(/quieter ones left out|edges drawn/).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

it('shows requests as they are stored', async () => {
  if (typeof browser === 'string') throw new Error(browser);
  const { page, complaints, close } = await look(browser, `${api.url}/#/requests?f=path%3D%2Fnew&live=1`);
  await page.getByText('Waiting for the next request').waitFor();
  // What is stored before the tail has begun is not new: so it comes again and again until one is seen.
  let batch = 1;
  await expect
    .poll(
      async () => {
        batch += 1;
        const connection = { connection_id: 1_000_000 + batch, spool_id: 2, batch_seq: batch };
        await insert([{ ...requestOf(0), path: '/new', start_time: now(), ...connection }]);
        return page.getByRole('link', { name: /^\d\d:/ }).count();
      },
      { timeout: 60_000, interval: 1_000 },
    )
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Live' }).click();
  await page.getByRole('heading', { name: /the newest first/ }).waitFor();
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

const now = (): string => new Date().toISOString().replace('T', ' ').replace('Z', '');

it('completes values that were seen', async () => {
  if (typeof browser === 'string') throw new Error(browser);
  const { page, complaints, close } = await look(browser, `${api.url}/#/requests`);
  await page.getByLabel('Add a condition').fill('service_name = service-599');
  await page.getByRole('option', { name: 'service-599' }).click();
  await page.getByLabel('Add a condition').press('Enter');
  await page.getByText('service_name = service-599').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
