import type { Command } from 'commander';
import { userError } from '../errors.ts';
import { untilAborted } from '../supervised.ts';
import { parseKubectlCall } from './kubectl-flags.ts';
import { contextNamespace, startKubectlProxy } from './kubectl-proxy.ts';
import { type LocalPort, openLocalPort } from './local-port.ts';

export interface KubectlHost {
  readonly signal: AbortSignal;
  /** Runs one verb of the command line. */
  run(args: readonly string[]): Promise<void>;
  /** All verbs, to know those that ask an API. */
  readonly program: Command;
}

/** `kubectl tomte …`: the verbs of the command line, asked of the API in the cluster with the caller's own login. */
export async function runKubectl(args: readonly string[], host: KubectlHost): Promise<void> {
  const { kubectl, namespace, isAllNamespaces, verb } = parseKubectlCall(args);
  const [name = ''] = verb;
  requireVerb(name, host.program);
  if (verb.includes('--help') || verb.includes('-h')) return host.run(verb);
  const chosen = isAllNamespaces ? undefined : (namespace ?? (await contextNamespace(kubectl)));
  const proxy = await startKubectlProxy(kubectl, host.signal);
  try {
    const port = await openLocalPort({ socketPath: proxy.socketPath, namespace: chosen });
    try {
      if (name === 'open') await keepOpen(port, host.signal);
      else await host.run([...verb, '--url', port.url, '--token', port.secret]);
    } finally {
      await port.close();
    }
  } finally {
    await proxy.close();
  }
}

/** Prints the address and stays until Ctrl-C. */
async function keepOpen({ url, secret }: LocalPort, signal: AbortSignal): Promise<void> {
  process.stdout.write(`${url}/login?secret=${secret}\n`);
  process.stderr.write(
    'The API of the cluster answers there as you, until Ctrl-C. Whoever has the address is you.\n',
  );
  await untilAborted(signal);
}

function requireVerb(name: string, program: Command): void {
  const asking = program.commands.filter(({ options }) => options.some(({ long }) => long === '--url'));
  const names = ['open', ...asking.map((command) => command.name())];
  // It would look at the machine that asks, and at whatever answers there.
  if (name === 'doctor') {
    const remedy = 'Ask a node: `kubectl -n NAMESPACE exec daemonset/RELEASE-agent -- tomte doctor`.';
    throw userError('TOMTE_USAGE', 'kubectl tomte has no doctor: it would look at your own machine', remedy);
  }
  if (names.includes(name)) return;
  const facts =
    name === '' ? 'kubectl tomte needs a verb' : `${JSON.stringify(name)} is no verb of kubectl tomte`;
  throw userError('TOMTE_USAGE', facts, `Give one of ${names.join(', ')}.`);
}
