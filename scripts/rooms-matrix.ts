/** One room of the house: a package, and what its lines may know of the others. */
export interface Room {
  /** Imports go down tiers only; `–` stands beside them. */
  readonly tier: string;
  /** What it holds, in one sentence. */
  readonly holds: string;
  /** The other rooms that it may import, by name. */
  readonly may: readonly string[];
  /** No `node:*`: no files, sockets or processes, so it runs under fuzzing. Then `npm` lists the only packages it may use. */
  readonly isPure?: boolean;
  readonly npm?: readonly string[];
}

const below = ['kit', 'model', 'protocols', 'elf', 'query', 'promql', 'wire', 'bpf-host', 'k8s', 'store'];
const programs = ['agent', 'collector', 'api', 'cli', 'web'];

/** The rules of dependency-cruiser and docs/reference/rooms.md are made from this table. */
export const rooms: Readonly<Record<string, Room>> = {
  kit: {
    tier: '0',
    holds: 'words that no domain owns: outcomes, clock, bounded queue, byte cursor, errors',
    may: [],
    isPure: true,
  },
  model: {
    tier: '1',
    holds: "every record: columns, units, types, meaning, PII; the schema's single source",
    may: ['kit'],
    isPure: true,
  },
  protocols: {
    tier: '1',
    holds: "bytes of other people's protocols to exchanges; no I/O, no clock",
    may: ['kit', 'model'],
    isPure: true,
  },
  elf: {
    tier: '1',
    holds: 'bytes of an ELF file to symbols, build id, probe offsets',
    may: ['kit'],
    isPure: true,
    npm: ['iced-x86'],
  },
  query: {
    tier: '2',
    holds: 'views and SQL text: compiles, never connects',
    may: ['kit', 'model'],
    isPure: true,
    npm: ['@lezer/*'],
  },
  promql: {
    tier: '2',
    holds: 'PromQL: text to an expression, an expression and samples to an answer',
    may: ['kit'],
    isPure: true,
    npm: ['@prometheus-io/lezer-promql', '@lezer/*', 're2js'],
  },
  wire: { tier: '2', holds: 'protobuf messages of agent and collector', may: ['kit', 'model'] },
  'bpf-host': { tier: '3', holds: 'libbpf through FFI: load, attach, ring buffers', may: ['kit'] },
  k8s: {
    tier: '3',
    holds: 'Kubernetes watch to identities by cgroup, container, address',
    may: ['kit', 'model'],
  },
  store: {
    tier: '3',
    holds: 'ClickHouse: DDL, migrations, Native block writer, running SQL, the embedded server',
    may: ['kit', 'model'],
  },
  agent: {
    tier: '4',
    holds: 'sources, reassembly, parsers, identity, redaction, sealed batches, spool, delivery',
    may: ['kit', 'model', 'protocols', 'elf', 'wire', 'bpf-host', 'k8s'],
  },
  collector: {
    tier: '4',
    holds: 'receives, validates, inserts exactly once, acknowledges',
    may: ['kit', 'model', 'wire', 'store'],
  },
  api: {
    tier: '4',
    holds: 'HTTP: views and parameters to rows, each answer with its completeness',
    may: ['kit', 'model', 'query', 'promql', 'store'],
  },
  cli: {
    tier: '4',
    holds: 'verbs for people; speaks to the API over HTTP only',
    may: ['kit', 'model', 'query'],
  },
  web: { tier: '4', holds: 'pages; speaks to the API over HTTP only', may: ['kit', 'model', 'query'] },
  tomte: {
    tier: '5',
    holds: 'the command: composes the programs, nothing else',
    may: [...below, ...programs, 'workloads'],
  },
  workloads: {
    tier: '3',
    holds: 'known traffic from unmodified programs, and what their own logs say of it',
    may: ['kit', 'model'],
  },
  testkit: {
    tier: '–',
    holds: 'builders, oracles, workloads, captured traffic; only tests import it',
    may: [...below, 'workloads'],
  },
};

/** Packages of the outside world, each at home in few rooms. A pattern may end in `/*` for a whole scope. */
export const outside: Readonly<Record<string, readonly string[]>> = {
  '@2060.io/ffi-napi': ['bpf-host', 'store'],
  '@2060.io/ref-napi': ['bpf-host', 'store'],
  '@clickhouse/client': ['store'],
  chdb: ['store'],
  '@chdb/*': ['store'],
  '@bufbuild/protobuf': ['wire'],
  '@grpc/grpc-js': ['wire', 'agent', 'collector'],
  fastify: ['api'],
  '@fastify/*': ['api'],
  commander: ['cli', 'tomte'],
  'iced-x86': ['elf'],
  preact: ['web'],
  '@tanstack/*': ['web'],
  uplot: ['web'],
  '@dagrejs/*': ['web'],
  '@codemirror/*': ['web'],
  '@prometheus-io/lezer-promql': ['promql', 'web'],
  '@lezer/*': ['query', 'promql', 'web'],
  re2js: ['promql'],
};

/** Only tests import these. */
export const testTools: readonly string[] = ['apache-arrow', 'lz4js', 'vitest', 'fast-check'];
