import assert from 'node:assert/strict';
import { type ChannelCredentials, credentials, status } from '@grpc/grpc-js';
import { PROTOCOL_VERSION } from '@tomte/wire';
import type { Cluster } from '../cluster/cluster.ts';
import { ForeignAgent } from '../hostile/foreign-agent.ts';
import { defineStory } from './story.ts';

const ANSWER_MS = 20_000;

export const foreignTokens = defineStory({
  name: 'foreign-tokens',
  title: "a collector takes what agents of its release send, and nobody else's",
  async run({ cluster, tomte: install, say }) {
    const { namespace } = await install();
    const address = (await cluster.urlOf(namespace, 'tomte-collector'))
      .replace(/^\w+:\/\//, '')
      .replace(/:\d+$/, ':4681');
    const certified = await certificatesOf(cluster, namespace);
    const token = (account: string, ...args: readonly string[]): Promise<string> =>
      cluster.kubectl('create', 'token', account, '-n', namespace, ...args).then((text) => text.trim());
    const outcome = (shown: string | undefined, by: ChannelCredentials): Promise<string> =>
      speak(address, `tomte-collector.${namespace}.svc`, shown, by);

    const forUs = ['--audience', 'tomte-collector'];
    assert.equal(await outcome(await token('tomte-agent', ...forUs), certified), 'welcome');
    const refused = {
      'another audience': await token('tomte-agent', '--audience', 'another'),
      "the API server's own audience": await token('tomte-agent'),
      'another account': await token('default', ...forUs),
      'no token': undefined,
      'no token at all': 'nonsense',
    };
    for (const [what, shown] of Object.entries(refused))
      assert.equal(await outcome(shown, certified), 'UNAUTHENTICATED', what);
    say(`${Object.keys(refused).length} kinds of tokens are refused`);
    const { ca } = await filesOf(cluster, namespace);
    const withoutCertificate = credentials.createSsl(ca);
    assert.equal(await outcome(await token('tomte-agent', ...forUs), withoutCertificate), 'UNAVAILABLE');
    say('without a certificate nobody is heard');
  },
});

/** `welcome`, or gRPC's name of how the stream ended. */
async function speak(
  address: string,
  serverName: string,
  token: string | undefined,
  by: ChannelCredentials,
): Promise<string> {
  const agent = new ForeignAgent(address, token, { credentials: by, serverName });
  agent.sayHello(PROTOCOL_VERSION);
  const late = AbortSignal.timeout(ANSWER_MS);
  try {
    return await Promise.race([
      agent.heard('welcome').then(() => 'welcome'),
      agent.ended.then(({ code }) => status[code] ?? String(code)),
      new Promise<string>((resolve) => late.addEventListener('abort', () => resolve('no answer'))),
    ]);
  } finally {
    agent.close();
  }
}

async function filesOf(cluster: Cluster, namespace: string) {
  const { data } = await cluster.json<{ readonly data: Readonly<Record<string, string>> }>(
    'get',
    'secret',
    'tomte-agent-tls',
    '-n',
    namespace,
  );
  const file = (name: string): Buffer => Buffer.from(data[name] ?? '', 'base64');
  return { ca: file('ca.crt'), certificate: file('tls.crt'), key: file('tls.key') };
}

async function certificatesOf(cluster: Cluster, namespace: string): Promise<ChannelCredentials> {
  const { ca, certificate, key } = await filesOf(cluster, namespace);
  return credentials.createSsl(ca, key, certificate);
}
