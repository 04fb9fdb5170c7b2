import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { views } from '@tomte/query';
import { pageFolder } from '@tomte/web';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DemoApi } from '../demo/api.ts';
import { shippedRecording } from '../demo/recorded.ts';
import { hindrances, look, startBrowser } from '../testing/browser.ts';
import { UpProcess } from '../up-process.ts';

const tomte = fileURLToPath(new URL('../../bin/tomte.mjs', import.meta.url));
/** On a busy machine. */
const patiently = { timeout: 30_000 };
let browser: Browser | string;
let up: UpProcess | undefined;
let directory = '';
/** Of the page's address: the time of the recording. */
let range = '';

beforeAll(async () => {
  browser = await startBrowser();
  if (typeof browser === 'string') return;
  directory = mkdtempSync(join(tmpdir(), 'tomte-page-'));
  const dataDir = join(directory, 'data');
  up = await UpProcess.start({ dataDir, args: ['--no-agent', '--retention', 'all=20000d'] });
  await promisify(execFile)(process.execPath, [tomte, 'replay', shippedRecording, '--data', dataDir]);
  const [row] = await new DemoApi(up.url).sql(
    `SELECT formatDateTime(min(start_time) - toIntervalSecond(1), '%FT%TZ') AS first,
            formatDateTime(max(start_time) + toIntervalSecond(2), '%FT%TZ') AS last FROM requests`,
  );
  range = `from=${String(row?.['first'])}&to=${String(row?.['last'])}`;
}, 180_000);

afterAll(async () => {
  if (typeof browser !== 'string') await browser?.close();
  await up?.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(({ skip }) => {
  if (typeof browser === 'string') skip(browser);
});

/** A look at the page at this part of its address. */
function at(place: string, options: Parameters<typeof look>[2] = {}) {
  if (typeof browser === 'string' || up === undefined) throw new Error('nothing runs');
  return look(browser, `${up.url}/#/${place}${place.includes('?') ? '&' : '?'}${range}`, options);
}

/** What SQL says of the same rows. */
async function count(where: string): Promise<number> {
  const [row] = await new DemoApi(up?.url ?? '').sql(
    `SELECT toFloat64(count()) AS n FROM requests WHERE role = 'server' AND ${where}`,
  );
  return Number(row?.['n']);
}

describe('from a service to the request', () => {
  it('is a way of clicks', async () => {
    const { page, complaints, close } = await at('services');
    const row = page.getByRole('row', { name: /nginx/ });
    await row.waitFor();
    const requests = await row.getByRole('cell').last().textContent();
    expect(Number(requests?.replace(',', ''))).toBe(await count("service_name = 'nginx'"));
    await page.getByRole('link', { name: 'nginx' }).click();
    await page.getByRole('heading', { name: 'nginx', level: 1 }).waitFor();
    await page.getByRole('img', { name: /^Requests: all from/ }).waitFor();
    await page.getByRole('img', { name: /^Durations over time: \d/ }).waitFor();
    await page.getByRole('link', { name: 'Its requests' }).click();
    await page.getByLabel('Add a condition').fill('status_code >= 500');
    await page.keyboard.press('Enter');
    await page.getByText('status_code ≥ 500').waitFor();
    const link = page.getByRole('region', { name: 'Requests' }).getByRole('link').first();
    await page
      .getByRole('row', { name: / 50\d / })
      .first()
      .waitFor();
    await link.click();
    await page.getByRole('heading', { name: 'Response' }).waitFor();
    await page.getByText('user-agent').waitFor();
    await page.getByText('process_command_line').waitFor();
    await page.goBack();
    await page.getByText('status_code ≥ 500').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows all requests that there are, page by page', async () => {
    const { page, complaints, close } = await at('requests?f=status_code.ge%3D400');
    const expected = await count('status_code >= 400');
    const rows = page.getByRole('region', { name: 'Requests' }).locator('tbody tr');
    const more = page.getByRole('button', { name: /older$/ });
    const shownAll = page.getByRole('button', { name: /^Show \d+ more/ });
    await rows.first().waitFor();
    while ((await rows.count()) < expected) {
      const before = await rows.count();
      await ((await shownAll.isVisible()) ? shownAll : more).click();
      await expect.poll(() => rows.count(), patiently).toBeGreaterThan(before);
    }
    expect(await rows.count()).toBe(expected);
    expect(complaints).toEqual([]);
    await close();
  });

  it('counts values, and keeps those that are clicked', async () => {
    const { page, close } = await at('requests');
    const post = page.getByRole('checkbox', { name: /^POST/ });
    await post.click();
    await expect.poll(() => page.url(), patiently).toContain('f=method%3DPOST');
    await page.getByText('method = POST').waitFor();
    await page.getByRole('group', { name: 'Method' }).getByRole('checkbox', { checked: true }).waitFor();
    await page.getByRole('button', { name: 'Without method = POST' }).click();
    await expect.poll(() => page.url(), patiently).not.toContain('f=');
    await close();
  });
});

describe('each screen', () => {
  const screens = [
    'services',
    'service?name=nginx',
    'requests',
    'map',
    'view?name=requests-over-time&p.by=service',
    'sql?sql=SELECT+service_name%2C+count()+AS+n+FROM+requests+GROUP+BY+service_name',
    'health',
    'processes',
  ];

  it.each(screens)('%s hinders nobody, light or dark, and keeps within 360 pixels', async (screen) => {
    const { page, complaints, close } = await at(screen);
    await page.locator('main header').first().waitFor();
    await expect.poll(() => page.locator('[aria-busy="true"], .loading').count(), patiently).toBe(0);
    expect(await hindrances(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await hindrances(page, ['color-contrast'])).toEqual([]);
    await page.setViewportSize({ width: 360, height: 700 });
    await expect
      .poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth'), patiently)
      .toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('views', () => {
  it('are all there, and each shows its answer by its declaration', async () => {
    const { page, complaints, close } = await at('views');
    const gallery = page.getByRole('main').getByRole('link');
    await gallery.first().waitFor();
    expect(await gallery.count()).toBe(views.length);
    expect(await hindrances(page)).toEqual([]);
    for (const { name, title, params } of views) {
      const required = Object.entries(params).flatMap(([param, { type, ...rest }]) =>
        type === 'text' && 'isRequired' in rest ? [`&p.${param}=10.0.0.1`] : [],
      );
      await page.goto(`${up?.url}/#/view?name=${name}&${range}${required.join('')}`);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await page.getByText(/^\d+ rows/).waitFor();
      await expect.poll(() => page.locator('[aria-busy="true"]').count(), patiently).toBe(0);
      expect([name, await page.getByRole('alert').count()]).toEqual([name, 0]);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('lead from one to another, and take parameters', async () => {
    const { page, complaints, close } = await at('view?name=services');
    await page.getByRole('region', { name: 'Services' }).waitFor();
    await page.goto(`${up?.url}/#/view?name=endpoints&${range}`);
    await page.getByTitle('Requests to this path').first().click();
    await page.getByText(/^path = /).waitFor();
    await page.goto(`${up?.url}/#/view?name=requests-over-time&${range}`);
    await page.getByRole('combobox', { name: 'by', exact: true }).selectOption('status_code');
    await expect.poll(() => page.url(), patiently).toContain('p.by=status_code');
    await page.getByRole('cell', { name: '404' }).first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('SQL', () => {
  it('is completed, run, and told where it is wrong', async () => {
    const { page, complaints, close } = await at('sql');
    const editor = page.getByRole('textbox', { name: 'SQL' });
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('SELECT count() AS n FROM reque');
    await page.getByRole('option', { name: 'requests' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type(" WHERE role = 'server'");
    await page.keyboard.press('Control+Enter');
    const cell = page.getByRole('region', { name: 'Answer' }).getByRole('cell');
    await cell.first().waitFor();
    expect(Number(await cell.first().textContent())).toBe(await count('true'));
    expect(complaints).toEqual([]);
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('SELECT wrong FROM requests', { delay: 1 });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText(/wrong/).waitFor();
    await close();
  });
});

describe('the map', () => {
  it('shows who asks whom, and leads to a service', async () => {
    const { page, complaints, close } = await at('map');
    const map = page.getByRole('group', { name: 'Map of 4 nodes and 3 edges' });
    await map.getByRole('link', { name: /^nginx .*\/s/ }).waitFor();
    await page.getByRole('searchbox').fill('service');
    await page.getByRole('group', { name: 'Map of 2 nodes and 1 edges' }).waitFor();
    await map
      .or(page.getByRole('group', { name: /^Map/ }))
      .getByRole('link', { name: /^service/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'service', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('states', () => {
  it('leads to where requests are when there are none here', async () => {
    const { page, complaints, close } = await at('services');
    await page.goto(`${up?.url}/#/services?from=-5m`);
    await page.getByText('No requests in this time').waitFor();
    await page.getByRole('link', { name: 'Show the latest' }).click();
    await page.getByRole('row', { name: /nginx/ }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('says what was lost, where and how much', async () => {
    const { page, close } = await at('services');
    await page.getByRole('button', { name: /^How complete/ }).click();
    await page.getByRole('cell', { name: 'not_in_memory' }).waitFor();
    expect(await hindrances(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('cell', { name: 'not_in_memory' }).waitFor({ state: 'hidden' });
    await close();
  });

  it('says what the API refuses, and what to do about it', async () => {
    const { page, close } = await at('requests?f=duration_ns.ge%3Dsoon');
    await page.getByRole('alert').getByText('QUERY_VALUE_INVALID').first().waitFor();
    await close();
  });

  it('lists its keys, and follows them', async () => {
    const { page, complaints, close } = await at('services');
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await hindrances(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await expect.poll(() => page.url(), patiently).toContain('#/requests');
    expect(complaints).toEqual([]);
    await close();
  });
});

/** Of 400 KB at first load; the rest is for what comes. */
const FIRST_LOAD_BYTES = 250_000;

it('is small at first load', async () => {
  const { page, close } = await at('services');
  await page.getByRole('row').nth(1).waitFor();
  const names: unknown = await page.evaluate(
    'performance.getEntriesByType("resource").map((entry) => entry.name)',
  );
  const assets = (names as string[]).filter((name) => name.includes('/assets/')); // Proof: names of entries.
  const folder = join(pageFolder, 'assets');
  const sizes = assets.map((name) => {
    const file = name.slice(name.lastIndexOf('/') + 1);
    const packed = readdirSync(folder).includes(`${file}.gz`) ? `${file}.gz` : file;
    return readFileSync(join(folder, packed)).byteLength;
  });
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD_BYTES);
  await close();
});
