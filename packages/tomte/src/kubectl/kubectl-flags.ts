import { userError } from '../errors.ts';

/** What a call of `kubectl tomte …` says, apart for whom it is. */
export interface KubectlCall {
  /** For kubectl: which cluster, and as whom. */
  readonly kubectl: readonly string[];
  /** Undefined: the one of the context. */
  readonly namespace: string | undefined;
  readonly isAllNamespaces: boolean;
  /** The verb of Tomte with what belongs to it. */
  readonly verb: readonly string[];
}

/** Flags of kubectl that take a value and say which cluster, or who asks. */
const passedOn: ReadonlySet<string> = new Set([
  ...['--kubeconfig', '--context', '--cluster', '--user', '--as', '--as-uid', '--token', '-s', '--server'],
  ...[
    '--certificate-authority',
    '--client-certificate',
    '--client-key',
    '--tls-server-name',
    '--request-timeout',
  ],
]);
/** Those that may stand more than once. */
const repeated: ReadonlySet<string> = new Set(['--as-group']);
const alone: ReadonlySet<string> = new Set(['--insecure-skip-tls-verify']);

/** Flags of kubectl may stand anywhere, as there: `--name value` and `--name=value`. */
export function parseKubectlCall(args: readonly string[]): KubectlCall {
  const kubectl: string[] = [];
  const verb: string[] = [];
  let namespace: string | undefined;
  let isAllNamespaces = false;
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [flag = '', inline] = splitFlag(arg);
    const value = (): string => inline ?? required(flag, rest.shift());
    if (flag === '--') return { kubectl, namespace, isAllNamespaces, verb: [...verb, ...rest] };
    if (flag === '-n' || flag === '--namespace') namespace = namespaceOf(value());
    else if (flag === '-A' || flag === '--all-namespaces') isAllNamespaces = true;
    else if (passedOn.has(flag) || repeated.has(flag)) kubectl.push(flag, value());
    else if (alone.has(flag)) kubectl.push(arg);
    else verb.push(arg);
  }
  return { kubectl, namespace, isAllNamespaces, verb };
}

/** `--name=value`, and `-nvalue` of the one flag that people write so. */
function splitFlag(arg: string): readonly [flag: string, inline?: string] {
  const long = /^(--[a-z-]+)=(.*)$/s.exec(arg);
  if (long !== null) return [long[1] ?? '', long[2] ?? ''];
  const short = /^(-n)=?(.+)$/.exec(arg);
  return short === null ? [arg] : [short[1] ?? '', short[2] ?? ''];
}

function required(flag: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw userError('TOMTE_USAGE', `${flag} has no value`, 'Give one: `-n NAMESPACE`, `--context NAME`.');
}

function namespaceOf(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw userError(
    'TOMTE_USAGE',
    `${JSON.stringify(text)} is no name of a namespace`,
    'See `kubectl get namespaces`.',
  );
}
