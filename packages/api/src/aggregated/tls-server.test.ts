import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
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
