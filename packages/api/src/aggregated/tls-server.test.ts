import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { Agent, request } from 'node:https';
import { afterAll, expect, it } from 'vitest';
import { createTlsServer } from './tls-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'tls-server-'));
afterAll(() => rmSync(folder, { recursive: true }));

function pairOf(name: string) {
  const [certificate, privateKey] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', ...key, '-keyout', privateKey, '-out', certificate], {
    stdio: 'ignore',
  });
  return { certificate: readFileSync(certificate), privateKey: readFileSync(privateKey) };
}

function nameShownAt(port: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

it('shows a renewed certificate from then on', async () => {
  let renew: ((pair: ReturnType<typeof pairOf>) => void) | undefined;
  const frontProxy = { authorities: () => '', askerOf: () => undefined, onChange: () => undefined };
  const server = createTlsServer(
    {
      host: '127.0.0.1',
      port: 0,
      credentials: pairOf('first'),
      onRenewed: (take) => void (renew = take),
      frontProxy,
    },
    {},
    () => undefined,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // Proof: it listens on TCP.
  expect(await nameShownAt(port)).toBe('first');
  renew?.(pairOf('second'));
  expect(await nameShownAt(port)).toBe('second');
  server.close();
});

type Pair = ReturnType<typeof pairOf>;

/** A server that answers whether the certificate of who asks is verified. */
async function startSaying(authorities: () => string) {
  let change = (): void => undefined;
  const frontProxy = {
    authorities,
    askerOf: () => undefined,
    onChange: (callback: () => void) => void (change = callback),
  };
  const server = createTlsServer(
    { host: '127.0.0.1', port: 0, credentials: pairOf('server'), frontProxy },
    {},
    ({ socket }, response) => response.end(String(socket instanceof TLSSocket && socket.authorized)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // Proof: it listens on TCP.
  return { server, port, change: () => change() };
}

function agentOf({ certificate: cert, privateKey: key }: Pair): Agent {
  return new Agent({ cert, key, keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
}

function ask(port: number, agent: Agent): Promise<{ text: string; isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', agent }, (response) => {
      response.setEncoding('utf8');
      response.once('data', (text: string) => resolve({ text, isReused: asked.reusedSocket }));
    });
    asked.once('error', reject);
    asked.end();
  });
}

it("trusts nobody while no authority is known, whoever the system's authorities have signed", async () => {
  const client = pairOf('public');
  const before = getCACertificates('default');
  setDefaultCACertificates([client.certificate]);
  const { server, port } = await startSaying(() => '');
  const agent = agentOf(client);
  try {
    expect(await ask(port, agent)).toEqual({ text: 'false', isReused: false });
  } finally {
    setDefaultCACertificates(before);
    agent.destroy();
    server.close();
  }
});

it('keeps no connection that former authorities have verified', async () => {
  const client = pairOf('proxy');
  let authorities = client.certificate.toString('utf8');
  const { server, port, change } = await startSaying(() => authorities);
  const agent = agentOf(client);
  expect(await ask(port, agent)).toEqual({ text: 'true', isReused: false });
  expect(await ask(port, agent)).toEqual({ text: 'true', isReused: true });
  for (const next of [pairOf('other').certificate.toString('utf8'), '']) {
    authorities = next;
    change();
    await expect.poll(() => Object.keys(agent.freeSockets)).toEqual([]);
    expect(await ask(port, agent)).toEqual({ text: 'false', isReused: false });
  }
  agent.destroy();
  server.close();
});
