import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A person with a static token. */
export interface TestUser {
  readonly name: string;
  readonly token: string;
  readonly groups?: readonly string[];
}

export async function writeServiceAccountKey(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), {
    mode: 0o600,
  });
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
}

export async function writeTokens(folder: string, users: readonly TestUser[]): Promise<void> {
  const groupsOf = (groups: readonly string[]): string =>
    groups.length === 0 ? '' : `,"${groups.join(',')}"`;
  const lines = users.map(({ name, token, groups = [] }) => `${token},${name},${name}${groupsOf(groups)}`);
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

interface KubeconfigFacts {
  readonly folder: string;
  readonly name: string;
  readonly url: string;
  readonly authorityFile: string;
}

export async function writeKubeconfig(
  { folder, name, url, authorityFile }: KubeconfigFacts,
  user: Readonly<Record<string, unknown>>,
): Promise<string> {
  const file = join(folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': authorityFile } }],
    users: [{ name, user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
    'current-context': 'test',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
