import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BehindApiServer, startBehindApiServer } from '../testing/behind-api-server.ts';

const tomte = fileURLToPath(new URL('../../bin/tomte.mjs', import.meta.url));
const range = ['--from', '2026-01-15T00:00:00Z', '--to', '2026-01-15T03:00:00Z'];

let behind: BehindApiServer | string;
let folder = '';
let kubeconfig = '';

beforeAll(async () => {
  behind = await startBehindApiServer();
  if (typeof behind === 'string') return;
  folder = await mkdtemp(join(tmpdir(), 'tomte-plugin-'));
  kubeconfig = await behind.cluster.kubeconfig('plugin', execLogin('token-of-viewer'));
  const installed = spawnSync(process.execPath, [tomte, 'kubectl-plugin', '--folder', folder], {
    encoding: 'utf8',
  });
  expect(installed.stdout).toBe(`${join(folder, 'kubectl-tomte')}\n`);
}, 120_000);
afterAll(async () => {
  if (typeof behind === 'string') return;
  await behind.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(({ skip }) => {
  if (typeof behind === 'string') skip(behind);
});

/** A login by a program, as cloud providers have it. */
function execLogin(token: string): Readonly<Record<string, unknown>> {
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token },
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'echo',
    args: [JSON.stringify(credential)],
    interactiveMode: 'Never',
  };
  return { exec };
}

function environment(): NodeJS.ProcessEnv {
  if (typeof behind === 'string') throw new Error(behind);
  const path = [folder, dirname(behind.cluster.programs.kubectl), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, KUBECONFIG: kubeconfig };
}

/** Not waited for in this thread: the API that it asks runs here. */
function kubectlTomte(...args: readonly string[]) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile('kubectl', ['tomte', ...args], { env: environment() }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

it('asks with the login of the kubeconfig, in the namespace that is named', async () => {
  const answer = await kubectlTomte('requests', '-n', 'shop', ...range, '--json');
  expect(answer).toMatchObject({ status: 0 });
  expect(JSON.parse(answer.stdout)).toMatchObject({ row_count: 2 });
  expect(answer.stdout).toContain('SHOPROW');
  expect(answer.stdout).not.toContain('PAY');
});

it('runs SQL within the same bounds', async () => {
  const answer = await kubectlTomte(
    'sql',
    'SELECT count() AS n, any(path) AS path FROM requests',
    '--namespace=shop',
    '--format',
    'jsonl',
  );
  expect(answer).toMatchObject({ status: 0, stdout: '{"n":"2","path":"SHOPROW"}\n' });
});

it.each([
  ['another namespace', ['requests', '-n', 'pay'], 'TOMTE_CLUSTER_FORBIDDEN'],
  ['all namespaces', ['requests', '-A'], 'TOMTE_CLUSTER_FORBIDDEN'],
  ['the namespace of the context, where they see nothing', ['requests'], 'TOMTE_CLUSTER_FORBIDDEN'],
  ['what is about the agents', ['agents', '-n', 'shop'], 'API_CLUSTER_READER_NEEDED'],
  ['a verb that asks no API', ['up'], 'TOMTE_USAGE'],
  ['a context that is not there', ['services', '--context', 'none'], 'TOMTE_KUBECTL_FAILED'],
])('refuses %s with one line', async (_, args, code) => {
  const { status, stderr } = await kubectlTomte(...args);
  expect(stderr).toMatch(new RegExp(`^${code}: .*\n$`));
  expect(status).toBe(2);
});

it('opens a port that knows whoever has its secret, and leaves nothing behind', async () => {
  const before = leftBehind();
  const child = spawn('kubectl', ['tomte', 'open', '-n', 'shop'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = new URL(await firstLine(child));
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(new URL(path, address), { headers, redirect: 'manual' });
  expect((await ask('/api/v1/requests')).status).toBe(401);
  expect((await ask('/login?secret=00')).status).toBe(401);
  const login = await fetch(address, { redirect: 'manual' });
  expect(login.status).toBe(303);
  const cookie = String(login.headers.get('set-cookie')).split(';')[0] ?? '';
  const page = await (await ask('/', { cookie })).text();
  const [script = ''] = /assets\/[\w.-]+\.js/.exec(page) ?? [];
  expect((await ask(`/${script}`, { cookie })).headers.get('content-type')).toMatch(/^text\/javascript/);
  expect((await ask(`/${script}`)).status).toBe(401);
  const query = 'from=2026-01-15T00:00:00Z&to=2026-01-15T03:00:00Z';
  expect(await (await ask(`/api/v1/requests?${query}`, { cookie })).json()).toMatchObject({ row_count: 2 });
  expect(Object.keys(Object(await (await ask('/openapi.json', { cookie })).json()).paths)).toContain(
    '/api/v1/edges',
  );
  expect((await ask('/api/v1/../../../../../api/v1/secrets', { cookie })).status).toBe(404);
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await ended;
  await expect.poll(leftBehind).toEqual(before);
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) resolve(text.trim());
    });
    child.once('close', () => reject(new Error(`ended: ${text}`)));
  });
}

/** Sockets, and the kubectl behind each. */
function leftBehind(): readonly string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith('tomte-kubectl-') && existsSync(join(tmpdir(), name)),
  );
}

it('says what to do where there is no kubectl', () => {
  const env = { ...environment(), TOMTE_KUBECTL: '/nowhere/kubectl' };
  const { stderr, status } = spawnSync(process.execPath, [tomte, 'kubectl', 'services'], {
    encoding: 'utf8',
    env,
  });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^TOMTE_KUBECTL_MISSING: /)]);
});
