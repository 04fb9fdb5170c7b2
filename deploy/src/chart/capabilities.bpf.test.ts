// The agent under the rights that the chart grants, and under each of them taken away: chart, page and truth are one.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UpProcess } from '@tomte/tomte/up-process';
import { findFreePort, makeCertificate } from '@tomte/workloads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from '../checkout.ts';
import { exampleObjects } from './objects.ts';

const NOBODY = 65534;
const REQUESTS = 7;
const DEADLINE_MS = 20_000;

/** Of the chart's default values. */
const granted =
  exampleObjects()
    .get('default')
    ?.find(({ kind }) => kind === 'DaemonSet')?.spec?.template?.spec.containers[0]?.securityContext
    .capabilities.add ?? [];

/** A server with OpenSSL that runs as another user, as pods do. */
const serverSource = `
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        self.send_response(200); self.send_header('content-length', '2'); self.end_headers(); self.wfile.write(b'ok')
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
`;

const folder = mkdtempSync(join(tmpdir(), 'tomte-capabilities-'));
const children: ChildProcess[] = [];
let up: UpProcess;
let plain: Target;
let hidden: Target;

interface Target {
  readonly pid: number;
  readonly port: number;
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  const { certificate, key } = makeCertificate(folder);
  execFileSync('chown', [String(NOBODY), key]);
  up = await UpProcess.start({ dataDir: join(folder, 'up'), args: ['--no-agent'] });
  plain = await startTarget(certificate, key, { LD_LIBRARY_PATH: ownLibraries('plain', 'u=rwX,go=rX') });
  hidden = await startTarget(certificate, key, { LD_LIBRARY_PATH: ownLibraries('hidden', 'u=rwX,go=') });
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await up.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** OpenSSL of the target's own, as in a container: the agent finds it by the process alone. Some images hide it from others. */
function ownLibraries(name: string, modes: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const library of globSync('/usr/lib/*-linux-gnu/lib{ssl,crypto}.so.3'))
    copyFileSync(library, join(path, basename(library)));
  execFileSync('chown', ['-R', String(NOBODY), path]);
  execFileSync('chmod', ['-R', modes, path]);
  return path;
}

async function startTarget(certificate: string, key: string, env: Record<string, string>): Promise<Target> {
  const port = await findFreePort();
  const child = spawn('/usr/bin/python3', ['-c', serverSource, String(port), certificate, key], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  await until(() => get(port, '/up'));
  return { pid: child.pid ?? 0, port };
}

/** curl, since a connection of this process's own would be reused between agents. */
function get(port: number, path: string): boolean {
  const args = [
    '-sk',
    '--max-time',
    '5',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    `https://127.0.0.1:${port}${path}`,
  ];
  try {
    return execFileSync('/usr/bin/curl', args, { encoding: 'utf8' }) === '200';
  } catch {
    return false;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    if (await isSo()) return true;
    await delay(50);
  }
  return false;
}

interface Agent {
  readonly child: ChildProcess;
  readonly data: string;
  stderr(): string;
}

/** As the container runtime starts it: root, with these capabilities in every set and no way to more. */
function startAgent(name: string, capabilities: readonly string[]): Agent {
  const set = capabilities.map((capability) => `,+${capability.toLowerCase()}`).join('');
  const data = join(folder, `agent-${name}`);
  const agent = [
    ...[join(checkout, 'packages/tomte/src/main.ts'), 'agent', '--data', data],
    ...['--only', `pid:${plain.pid}`, '--only', `pid:${hidden.pid}`],
    ...['--collector', up.ingest, '--token-file', join(folder, 'up/ingest.token')],
    ...['--ready-file', join(data, 'ready')],
  ];
  mkdirSync(data);
  const rights = [`--bounding-set=-all${set}`, '--inh-caps=-all', '--no-new-privs'];
  const child = spawn('setpriv', [...rights, process.execPath, ...agent], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
  return { child, data, stderr: () => text };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** How many requests of each target are stored in plaintext; undefined where the agent does not start. */
async function capturedWith(name: string, capabilities: readonly string[]) {
  const agent = startAgent(name, capabilities);
  const isUp = await until(() => hasEnded(agent.child) || existsSync(join(agent.data, 'ready')));
  expect(isUp, agent.stderr()).toBe(true);
  if (hasEnded(agent.child)) return { plain: undefined, hidden: undefined, said: agent.stderr() };
  for (let index = 0; index < REQUESTS; index += 1) {
    expect(get(plain.port, `/${name}/plain/${index}`)).toBe(true);
    expect(get(hidden.port, `/${name}/hidden/${index}`)).toBe(true);
  }
  agent.child.kill('SIGTERM'); // It seals and sends what it holds before it ends.
  await until(() => hasEnded(agent.child));
  const count = (target: string): Promise<number> => storedRequests(`/${name}/${target}/`);
  return { plain: await count('plain'), hidden: await count('hidden'), said: agent.stderr() };
}

async function storedRequests(prefix: string): Promise<number> {
  const url = `${up.url}/api/v1/requests?path.prefix=${prefix}&from=-10m&limit=100&sides=each`;
  const answer = (await (await fetch(url)).json()) as { readonly data: readonly unknown[] }; // Proof: the API's own shape.
  return answer.data.length;
}

const without = (capability: string): readonly string[] => granted.filter((name) => name !== capability);

describe('the agent with the capabilities of the chart', () => {
  it('sees the plaintext of other users, in files of whatever mode', async () => {
    expect(await capturedWith('all', granted)).toMatchObject({ plain: REQUESTS, hidden: REQUESTS });
  });

  it.each(['BPF', 'PERFMON'])('without %s ends and says so', async (name) => {
    const { plain: seen, said } = await capturedWith(`no-${name}`, without(name));
    expect(seen).toBeUndefined();
    expect(said).toMatch(/^[A-Z_]+: .*\n/);
  });

  it('without SYS_PTRACE sees no plaintext of other users', async () => {
    expect(await capturedWith('no-ptrace', without('SYS_PTRACE'))).toMatchObject({ plain: 0, hidden: 0 });
  });

  it('without DAC_READ_SEARCH sees none where others may not read', async () => {
    const seen = await capturedWith('no-search', without('DAC_READ_SEARCH'));
    expect(seen).toMatchObject({ plain: REQUESTS, hidden: 0 });
  });
});

it('has no capability that these tests do not take away, and the page names the same', () => {
  expect(granted).toEqual(['BPF', 'PERFMON', 'SYS_PTRACE', 'DAC_READ_SEARCH']);
  const page = readFileSync(join(checkout, 'docs/guide/install-on-a-cluster.md'), 'utf8');
  const named = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);
  expect(named).toEqual([...granted, 'SYS_ADMIN']);
});
