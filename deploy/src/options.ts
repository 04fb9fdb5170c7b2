import { parseArgs } from 'node:util';
import { AppError } from '@tomte/kit';
import { type Architecture, architectures, hostArchitecture } from './architecture.ts';

export const tools = ['docker', 'podman', 'buildah'] as const;
export type Tool = (typeof tools)[number];

export const DEFAULT_BASE = 'docker.io/library/debian:bookworm-slim';

export interface BuildOptions {
  readonly base: string;
  readonly tag: string;
  readonly storeTag: string;
  /** Undefined: the first of docker, podman and buildah that answers. */
  readonly tool: Tool | undefined;
  readonly dockerHost: string | undefined;
  readonly architecture: Architecture;
  /** Only the folders from which images are built. */
  readonly stageOnly: boolean;
  readonly json: boolean;
}

export const usage = `npm run images -- [options]

  --base IMAGE         any image with glibc 2.36 or newer and a shell (default ${DEFAULT_BASE})
  --tag NAME:TAG       agent, collector, API, command line (default tomte:dev)
  --store-tag NAME:TAG the same with the embedded ClickHouse (default tomte-store:dev)
  --tool NAME          docker, podman or buildah (default: the first that answers)
  --docker-host URL    of docker: unix:///path/docker.sock
  --arch NAME          amd64 or arm64 (default: this machine's)
  --stage-only         lay out the folders and build no image
  --json               one line of JSON at the end, on stdout
  -h, --help
`;

/** Undefined when help was asked for. Throws DEPLOY_OPTION_INVALID. */
export function parseOptions(args: readonly string[]): BuildOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  return {
    base: values.base,
    tag: values.tag,
    storeTag: values['store-tag'],
    tool: values.tool === undefined ? undefined : oneOf(values.tool, tools, '--tool'),
    dockerHost: values['docker-host'],
    architecture: parseArchitecture(values.arch),
    stageOnly: values['stage-only'],
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        base: { type: 'string', default: DEFAULT_BASE },
        tag: { type: 'string', default: 'tomte:dev' },
        'store-tag': { type: 'string', default: 'tomte-store:dev' },
        tool: { type: 'string' },
        'docker-host': { type: 'string' },
        arch: { type: 'string' },
        'stage-only': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (thrown) {
    const facts = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalid(facts, 'See `npm run images -- --help`.');
  }
}

function parseArchitecture(text: string | undefined): Architecture {
  if (text === undefined) return hostArchitecture();
  const found = architectures.find(({ name }) => name === text);
  if (found !== undefined) return found;
  throw invalid(`--arch ${text} is no architecture`, 'Give amd64 or arm64.');
}

function oneOf<T extends string>(text: string, known: readonly T[], option: string): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw invalid(`${option} ${text} is unknown`, `Give one of ${known.join(', ')}.`);
}

function invalid(facts: string, remedy: string): AppError {
  return new AppError('DEPLOY_OPTION_INVALID', facts, { family: 'user', remedy });
}
