import { addApiVerbs, addExamples, type Io, processIo, repeat } from '@tomte/cli';
import { Command, Option } from 'commander';
import { VERSION } from './version.ts';

export interface ProgramHost {
  /** Ends verbs that only ask. */
  readonly signal: AbortSignal;
  /** Called by verbs that Ctrl-C may simply end. */
  onInterrupt(): void;
  done(exitCode: number): void;
}

const exitCodes = `
Exit codes:
  0   done
  1   the surroundings failed: nothing answers, a disk is full; status and doctor: not well
  2   the input is wrong: a flag, a file, a question
  70  a defect of Tomte, to be reported
  130 ended by Ctrl-C before it was done; what runs until Ctrl-C ends with 0

More: tomte VERB --help, docs/reference/cli.md.`;

/** Every verb with its options. What a verb does is imported when it runs: help and errors stay quick. */
export function createProgram(host: ProgramHost): Command {
  const program = new Command('tomte')
    .description('The house spirit of a cluster: sees every request, asks nobody to change their code.')
    .version(VERSION, '-V, --version', 'the version')
    .helpCommand('help [verb]', 'help for a verb')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .configureOutput({ outputError: () => undefined }) // Told by run.ts, as every other error.
    .exitOverride()
    .addHelpText('after', exitCodes);
  addRoles(program, host);
  addApi(program, host);
  addStore(program, host);
  addFiles(program, host);
  const io = (): Io => {
    host.onInterrupt();
    return processIo(host.signal);
  };
  addApiVerbs(program, io, (code) => host.done(code));
  addDoctor(program, io, host);
  addDemo(program, host);
  addKubectl(program, host);
  program
    .command('version')
    .description('Print the version.')
    .action(() => void process.stdout.write(`${VERSION}\n`));
  return program;
}

function addKubectl(program: Command, host: ProgramHost): void {
  const kubectl = program
    .command('kubectl')
    .summary('what `kubectl tomte …` runs: the verbs that ask, of the Tomte in a cluster')
    .description(
      'Ask the Tomte in a cluster with your own login there: `kubectl tomte VERB …`. Verbs are those that ask an API, and ' +
        '`open`, which gives it a port of this machine. -n NAMESPACE, -A, --context and --kubeconfig as kubectl has them.',
    )
    .argument('[arguments...]', 'flags of kubectl, a verb, and what belongs to it')
    .allowUnknownOption()
    .helpOption('--plugin-help', 'this page');
  addExamples(kubectl, [
    'kubectl tomte requests -n shop --follow',
    'kubectl tomte services -A',
    'kubectl tomte open -n shop',
  ]);
  kubectl.action(async () => {
    host.onInterrupt();
    const { runKubectl } = await import('./kubectl/run-kubectl.ts');
    const run = async (args: readonly string[]): Promise<void> =>
      void (await createProgram(host).parseAsync([...args], { from: 'user' }));
    await runKubectl(kubectl.args, { signal: host.signal, program, run });
  });
  const plugin = program
    .command('kubectl-plugin')
    .summary('install the plug-in of kubectl')
    .description('Write the program `kubectl-tomte`, so that `kubectl tomte …` works.')
    .option('--folder <folder>', 'where; it has to be on the path (default ~/.local/bin)');
  addExamples(plugin, ['tomte kubectl-plugin --folder /usr/local/bin']);
  plugin.action(async ({ folder }: { readonly folder?: string }) => {
    const { installPlugin, pathNote } = await import('./kubectl/install-plugin.ts');
    const path = await installPlugin(folder);
    process.stdout.write(`${path}\n`);
    process.stderr.write(pathNote(path));
    host.done(0);
  });
}

function addTarget(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--only <what>',
        'capture pid:N, cgroup:PATH or exe:PATH with their children; repeatable',
      ).argParser(repeat),
    )
    .option('--all', 'capture every process of the machine')
    .option('--syscall-stats', 'count every system call of what is captured; costs each of them some time')
    .option(
      '--data-ring <size>',
      'kernel memory for bytes on their way to the agent, a power of two (default 64MiB)',
    )
    .addOption(redactionRules());
}

function redactionRules(): Option {
  return new Option('--redaction-rules <file>', 'JSON: what is masked beside the defaults');
}

function jsonEvents(): Option {
  return new Option('--json', 'what happens on stdout, one line of JSON an event');
}

function kubernetes(): Option {
  return new Option(
    '--kubernetes',
    "in a pod: the cluster's people and service accounts may ask, and see what they may see there; agents are told of its pods",
  );
}

function customOwner(): Option {
  const meaning =
    'custom resource above workloads, such as argoproj.io/v1alpha1/rollouts: with --kubernetes; repeatable';
  return new Option('--owner <group/version/resource>', meaning).argParser(repeat);
}

function retention(): Option {
  const meaning = 'how long rows are kept, such as requests=30d, rollups=90d, all=7d; repeatable';
  return new Option('--retention <table=days>', meaning).argParser(repeat);
}

function addRoles(program: Command, host: ProgramHost): void {
  const up = addTarget(program.command('up').summary('run everything on this machine'))
    .description('Run ClickHouse, collector, API and agent on this machine, until Ctrl-C.')
    .option('--data <folder>', 'where data lives (root: /var/lib/tomte, others: ~/.local/share/tomte)')
    .option('--port <number>', 'port of the API', '4680')
    .option('--ingest-port <number>', 'port of the collector for agents; 0 takes any', '0')
    .option(
      '--clickhouse <url>',
      'use this ClickHouse instead of the embedded one (TOMTE_CLICKHOUSE_PASSWORD)',
    )
    .option('--no-agent', 'capture nothing: store and API alone')
    .addOption(retention())
    .addOption(jsonEvents());
  addExamples(up, [
    'tomte up --only exe:/usr/sbin/nginx',
    'tomte up --only pid:4711 --only pid:4712',
    'tomte up --all --data /srv/tomte',
  ]);
  up.action(async (options: object) => host.done(await (await import('./up/up.ts')).runUp(options)));

  const agent = addTarget(program.command('agent').summary('capture on this machine and send to a collector'))
    .description(
      'Capture on this machine and send to a collector. Works without one: batches wait in the spool.',
    )
    .option('--collector <host:port>', 'where the collector listens', '127.0.0.1:4681')
    .option('--token-file <file>', 'shared secret of agent and collector')
    .option('--tls', 'speak TLS')
    .option('--tls-ca <file>', 'authorities of the collector (PEM); implies --tls')
    .option('--tls-cert <file>', 'certificate of this agent, for mutual TLS (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--data <folder>', 'where the spool lives')
    .option('--endpoint-port <number>', 'port on 127.0.0.1 for questions about this moment; 0 takes any', '0')
    .option('--ready-file <file>', 'is there while every probe is attached: for probes of a kubelet')
    .addOption(new Option('--exclude-pid <number>', 'never capture this process').argParser(repeat))
    .option('--kubernetes', 'in a pod: rows say which pods; our own, and pods that say no, are left out')
    .option('--node-name <name>', 'node that this pod runs on, with --kubernetes')
    .option('--cluster <name>', 'k8s.cluster.name on every row')
    .option(
      '--memory-budget <size>',
      'memory of its own beyond which the agent captures less (default 192MiB)',
    )
    .addOption(
      new Option('--include-namespace <name>', 'capture pods of this namespace and no others').argParser(
        repeat,
      ),
    )
    .addOption(new Option('--exclude-namespace <name>', 'leave out pods of this namespace').argParser(repeat))
    .addOption(jsonEvents());
  addExamples(agent, [
    'tomte agent --all --collector collector.tomte:4681 --token-file /etc/tomte/token --tls-ca /etc/tomte/ca.pem',
  ]);
  agent.action(async (options: object) =>
    host.done(await (await import('./roles/agent.ts')).runAgentRole(options)),
  );

  const collector = program
    .command('collector')
    .summary('take what agents send, and answer questions')
    .description('Take batches of agents, store them in ClickHouse, answer questions about them.')
    .option('--roles <list>', 'ingest, query, or both', 'ingest,query')
    .option('--listen <host:port>', 'for agents', '127.0.0.1:4681')
    .option('--api-listen <host:port>', 'for questions', '127.0.0.1:4680')
    .option(
      '--api-token-file <file>',
      'token of the API that shows everything; it or --kubernetes is needed beyond this machine',
    )
    .addOption(kubernetes())
    .option('--aggregated-listen <host:port>', "for the cluster's API server, behind which kubectl asks")
    .option('--aggregated-tls-cert <file>', 'its certificate (PEM)')
    .option('--aggregated-tls-key <file>', 'its private key (PEM)')
    .option('--clickhouse <url>', 'address of ClickHouse (TOMTE_CLICKHOUSE_USER, TOMTE_CLICKHOUSE_PASSWORD)')
    .option('--token-file <file>', 'shared secret that agents must show')
    .option('--tls-cert <file>', 'certificate for agents (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--tls-agent-ca <file>', 'agents must show a certificate of these authorities (PEM)')
    .option(
      '--agent-token-review <audience>',
      "with --kubernetes: agents must show a service account's token for this audience",
    )
    .option('--agent-service-account <namespace:name>', 'of this account, with --agent-token-review')
    .addOption(
      new Option('--agent-url <url>', "an agent's own endpoint, for requests that are open").argParser(
        repeat,
      ),
    )
    .option('--cluster <name>', 'k8s.cluster.name on every row')
    .addOption(customOwner())
    .option(
      '--keep-labels <list>',
      'labels that the history of the cluster keeps, `example.com/*` for all that begin so (default: the usual ones)',
    )
    .option('--keep-annotations <list>', 'likewise annotations (default: none)')
    .addOption(retention())
    .option('--data <folder>', 'where refused batches are kept')
    .addOption(jsonEvents());
  addExamples(collector, [
    'tomte collector --clickhouse http://clickhouse:8123 --listen 0.0.0.0:4681 --token-file /etc/tomte/token --tls-cert c.pem --tls-key k.pem',
  ]);
  collector.action(async (options: object) =>
    host.done(await (await import('./roles/collector.ts')).runCollectorRole(options)),
  );
}

function addApi(program: Command, host: ProgramHost): void {
  const api = program
    .command('api')
    .summary('answer questions alone')
    .description('Answer questions about what ClickHouse holds: `collector --roles query`.')
    .option('--listen <host:port>', 'for questions', '127.0.0.1:4680')
    .option(
      '--token-file <file>',
      'token that shows everything; it or --kubernetes is needed beyond this machine',
    )
    .addOption(kubernetes())
    .option('--aggregated-listen <host:port>', "for the cluster's API server, behind which kubectl asks")
    .option('--aggregated-tls-cert <file>', 'its certificate (PEM)')
    .option('--aggregated-tls-key <file>', 'its private key (PEM)')
    .option('--clickhouse <url>', 'address of ClickHouse (TOMTE_CLICKHOUSE_USER, TOMTE_CLICKHOUSE_PASSWORD)')
    .addOption(
      new Option('--agent-url <url>', "an agent's own endpoint, for requests that are open").argParser(
        repeat,
      ),
    )
    .addOption(jsonEvents());
  addExamples(api, ['tomte api --clickhouse http://127.0.0.1:8123']);
  api.action(async (options: object) =>
    host.done(await (await import('./roles/collector.ts')).runApiRole(options)),
  );
}

function addStore(program: Command, host: ProgramHost): void {
  const store = program
    .command('store')
    .summary('run the embedded ClickHouse alone')
    .description('Run the embedded ClickHouse alone, for collectors elsewhere.')
    .option('--listen <host:port>', 'HTTP port of ClickHouse', '127.0.0.1:8123')
    .option('--data <folder>', 'where data lives')
    .option('--max-memory <size>', 'of the whole server; questions fail before it is exceeded', '1536MiB')
    .addOption(jsonEvents());
  addExamples(store, [
    'TOMTE_CLICKHOUSE_PASSWORD=… TOMTE_CLICKHOUSE_READER_PASSWORD=… tomte store --listen 0.0.0.0:8123 --data /var/lib/tomte',
  ]);
  store.action(async (options: object) =>
    host.done(await (await import('./roles/store.ts')).runStoreRole(options)),
  );
}

function addFiles(program: Command, host: ProgramHost): void {
  const record = addTarget(program.command('record').summary('write what is captured to a file'))
    .description('Write what is captured to a file that can be replayed anywhere, redacted unless --raw.')
    .requiredOption('-o, --output <file>', 'the recording; must not exist')
    .option('--seconds <number>', 'stop after so long (default: at Ctrl-C)')
    .option('--max-bytes <size>', 'stop at this size', '1GiB')
    .option('--raw', 'keep secrets and personal data; the file says so')
    .option('--data <folder>', 'where the name of this agent lives')
    .addOption(jsonEvents());
  addExamples(record, ['tomte record -o web.tomte --only exe:/usr/sbin/nginx --seconds 30']);
  record.action(async (options: { readonly output: string }) =>
    host.done(await (await import('./roles/record.ts')).runRecord(options)),
  );

  const replay = program
    .command('replay')
    .summary('run a recording or a pcap through the same pipeline')
    .description('Run a recording, pcap or pcapng through the same pipeline, into a collector.')
    .argument('<file>', 'recording, pcap or pcapng')
    .option('--collector <host:port>', 'where the collector listens; without it, what `tomte up` runs here')
    .option('--token-file <file>', 'shared secret of agent and collector')
    .option('--tls', 'speak TLS')
    .option('--tls-ca <file>', 'authorities of the collector (PEM); implies --tls')
    .option('--tls-cert <file>', 'certificate for mutual TLS (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--data <folder>', 'where the spool lives, and the secret of `tomte up`')
    .option('--endpoint-port <number>', 'port on 127.0.0.1 for questions about this moment; 0 takes any', '0')
    .addOption(redactionRules())
    .addOption(jsonEvents());
  addExamples(replay, [
    'tomte replay web.tomte',
    'tomte replay trace.pcap --collector 127.0.0.1:4681 --token-file t',
  ]);
  replay.action(async (file: string, options: object) =>
    host.done(await (await import('./roles/replay.ts')).runReplay(file, options)),
  );
}

function addDoctor(program: Command, io: () => Io, host: ProgramHost): void {
  const doctor = program
    .command('doctor')
    .summary('whether this machine can capture, and what to mend')
    .description(
      'Look at kernel, BTF, lockdown, capabilities, cgroups, mounts and each probe, and say what to mend.',
    )
    .option('--url <address>', 'API of a running Tomte, for what is attached (TOMTE_URL)')
    .option('--token <text>', 'its token (TOMTE_TOKEN)')
    .option('--json', 'one JSON object');
  addExamples(doctor, ['tomte doctor', 'tomte doctor --json | jq .is_able']);
  doctor.action(async (options: object) =>
    host.done(await (await import('./doctor/doctor.ts')).runDoctor(options, io())),
  );
}

function addDemo(program: Command, host: ProgramHost): void {
  const demo = program
    .command('demo')
    .summary('everything, with traffic to look at')
    .description('Run everything with programs that make known traffic, and show it.')
    .option('--seconds <number>', 'end after so long')
    .option('--json', 'one JSON object at the end; exit code 0 only if every request is stored once')
    .option('--recorded', 'replay a recording that ships with Tomte: needs no rights')
    .option('--fault <name>', 'begin a fault while it runs, to be found: slow-dependency');
  addExamples(demo, ['npm run demo', 'npm run -s demo -- --seconds 20 --json']);
  demo.action(async (options: object) => host.done(await runDemo(options)));
}

/** The demo is a program of its own: found by name, so that the command starts without it. */
async function runDemo(options: object): Promise<number> {
  const address = new URL('./demo/main.ts', import.meta.url).href;
  const module: { runDemo(options: object): Promise<number> } = await import(address);
  return module.runDemo(options);
}
