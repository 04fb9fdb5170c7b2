import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real browser of this machine; a sentence where there is none. */
export async function startBrowser(): Promise<Browser | string> {
  const executablePath = places.find((place) => existsSync(place));
  if (executablePath === undefined) return 'no Chromium here: `npm run setup` installs it';
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** One look at the page: a window of its own, and what went wrong in it. */
export interface Look {
  readonly page: Page;
  /** Errors and warnings of the console, and what was thrown; empty when all is well. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

interface LookOptions {
  readonly width?: number;
  readonly colors?: 'light' | 'dark';
}

const TIMEOUT_MS = 30_000;

/** `answered` statuses are what a look may meet without a complaint. */
export async function look(browser: Browser, url: string, options: LookOptions = {}): Promise<Look> {
  const { width = 1280, colors = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: colors,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asks ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** What axe-core finds in what is shown now, of all its rules or of these: rule, and where. */
export async function hindrances(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({
    resultTypes: ['violations'],
    ...(rules === undefined ? {} : { runOnly: rules }),
  });
  const result: unknown = await page.evaluate(`axe.run(${options})`);
  const { violations } = result as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }; // Proof: axe.run.
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
