import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { GROUP, VERSION } from '@tomte/api';
import type { KubeApiServer } from '@tomte/testkit';
import { type CertificateFiles, makeAuthority } from '@tomte/workloads';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BehindApiServer, startBehindApiServer } from '../testing/behind-api-server.ts';

const P = `/apis/${GROUP}/${VERSION}`;
const range = 'from=2026-01-15T00:00:00Z&to=2026-01-15T03:00:00Z';

let behind: BehindApiServer | string;

beforeAll(async () => {
  behind = await startBehindApiServer();
}, 120_000);
afterAll(async () => {
  if (typeof behind === 'object') await behind.close();
});
beforeEach(({ skip }) => {
  if (typeof behind === 'string') skip(behind);
});

function here(): BehindApiServer {
  if (typeof behind === 'string') throw new Error(behind);
  return behind;
}

const running = (): KubeApiServer => here().cluster;

const run = promisify(execFile);

async function kubectl(kubeconfig: string, ...args: readonly string[]): Promise<string> {
  const { programs } = running();
  return run(programs.kubectl, ['--kubeconfig', kubeconfig, ...args], { maxBuffer: 2 ** 24 }).then(
    ({ stdout }) => stdout,
    (failed: { stderr: string }) => `refused: ${failed.stderr}`,
  );
}

/** Straight to the port behind the API server, with a certificate or none. */
function direct(
  path: string,
  given: Readonly<Record<string, string | string[]>>,
  certificate?: CertificateFiles,
) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    void (async () => {
      const options = {
        ca: await readFile(here().authorityFile),
        ...(certificate === undefined
          ? {}
          : { cert: await readFile(certificate.certificate), key: await readFile(certificate.key) }),
      };
      const asked = request(
        `https://localhost:${here().port}`,
        { ...options, path, headers: given, agent: false }, // The path as it is: a URL would take `..` away.
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      asked.on('error', reject);
      asked.end();
    })();
  });
}

describe('behind the API server', () => {
  it('answers whoever is logged in, whichever way, with what they may see', async () => {
    const { clientAuthority } = running();
    const byCertificate = clientAuthority.issue('viewer', { subject: '/O=people/CN=viewer' });
    const files = { 'client-certificate': byCertificate.certificate, 'client-key': byCertificate.key };
    for (const config of [
      await running().kubeconfig('certificate', files),
      await running().kubeconfig('token', { token: 'token-of-viewer' }),
    ]) {
      const text = await kubectl(config, 'get', '--raw', `${P}/namespaces/shop/requests?${range}`);
      expect(JSON.parse(text)).toMatchObject({
        row_count: 2,
        completeness: { scope: { namespaces: ['shop'] } },
      });
      expect(text).toContain('SHOPCONTENT');
      expect(text).not.toContain('PAY');
    }
  });

  it('refuses a namespace where they have no right, before and behind the API server', async () => {
    const config = await running().kubeconfig('viewer-elsewhere', { token: 'token-of-viewer' });
    expect(await kubectl(config, 'get', '--raw', `${P}/namespaces/pay/requests?${range}`)).toMatch(
      /refused: .*[Ff]orbidden/s,
    );
    expect(await kubectl(config, 'get', '--raw', `${P}/requests?${range}`)).toMatch(
      /refused: .*[Ff]orbidden/s,
    );
    const token = { authorization: 'Bearer token-of-viewer' };
    expect((await direct(`${P}/namespaces/pay/requests?${range}`, token)).status).toBe(403);
    expect(JSON.parse((await direct(`${P}/requests?${range}`, token)).text).row_count).toBe(2);
  });

  it('shows a reader of all namespaces one of them, with the names of its peers', async () => {
    const config = await running().kubeconfig('everyone', { token: 'token-of-everyone' });
    const shop = await kubectl(config, 'get', '--raw', `${P}/namespaces/shop/requests?${range}`);
    expect(JSON.parse(shop).row_count).toBe(2);
    expect(shop).toContain('PAYPEER');
    expect(shop).not.toContain('PAYROW');
    const all = JSON.parse(await kubectl(config, 'get', '--raw', `${P}/requests?${range}`));
    expect(all.row_count).toBe(4);
    expect(all.completeness).not.toHaveProperty('scope');
  });

  it('is found by kubectl, and does not break what it finds of others', async () => {
    const config = await running().kubeconfig('finder', { token: running().adminToken });
    const found = await kubectl(config, 'api-resources', '--api-group', GROUP, '--no-headers');
    expect(found).toMatch(new RegExp(`^requests +${GROUP}/${VERSION} +true +Requests`, 'm'));
    expect(await kubectl(config, 'api-resources', '--api-group', 'apps', '--no-headers')).toContain(
      'deployments',
    );
    expect(JSON.parse(await kubectl(config, 'get', '--raw', '/openapi/v3'))).toHaveProperty('paths');
    expect(await kubectl(config, 'explain', 'pods.spec')).toContain('PodSpec');
    expect(await kubectl(config, 'get', 'namespace', 'shop', '-o', 'name')).toBe('namespace/shop\n');
  });
});

describe('the port behind the API server', () => {
  const claim = { 'x-remote-user': 'everyone', 'x-remote-group': 'system:masters' };
  const path = `${P}/requests?${range}`;

  it('believes headers from nobody but the front proxy', async () => {
    const { proxyAuthority, clientAuthority, folder } = running();
    const forged = makeAuthority(folder, 'front-proxy-ca-of-another').issue('front-proxy-client-forged', {
      subject: '/CN=front-proxy-client',
    });
    for (const certificate of [
      undefined,
      forged,
      clientAuthority.issue('front-proxy-client-of-users', { subject: '/CN=front-proxy-client' }),
      proxyAuthority.issue('another-name'),
    ]) {
      expect((await direct(path, claim, certificate)).status).toBe(401);
      const withToken = { ...claim, authorization: 'Bearer token-of-viewer' };
      expect(JSON.parse((await direct(path, withToken, certificate)).text).row_count).toBe(2);
    }
    expect(JSON.parse((await direct(path, claim, running().proxyCertificate)).text).row_count).toBe(4);
  });

  it.each([
    '/api/v1/requests',
    '/metrics',
    '/openapi.json',
    `${P}/../../../api/v1/requests`,
    `${P}/namespaces/shop/../pay/requests`,
  ])('has nothing at %s', async (other) => {
    const { status } = await direct(`${other}?${range}`, claim, running().proxyCertificate);
    expect(status).toBe(404);
  });

  it.each(['/apis', `/apis/${GROUP}`, P, '/openapi/v2', '/openapi/v3'])(
    'tells no stranger of %s',
    async (document) => {
      expect((await direct(document, {})).status).toBe(401);
    },
  );

  it('says what can be asked', async () => {
    const { text } = await direct(`${P}/openapi`, claim, running().proxyCertificate);
    expect(Object.keys(JSON.parse(text).paths)).toContain('/api/v1/requests');
  });

  it('shows a renewed certificate to who comes next', async () => {
    await here().renewTo('tomte-renewed');
    const ca = await readFile(here().authorityFile);
    const name = await new Promise((resolve, reject) => {
      const socket = connect({ host: 'localhost', port: here().port, ca }, () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.end();
      });
      socket.on('error', reject);
    });
    expect(name).toBe('tomte-renewed');
    expect((await direct(path, claim, running().proxyCertificate)).status).toBe(200);
  });
});
