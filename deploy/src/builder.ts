import { AppError } from '@tomte/kit';
import { command, succeeds } from './command.ts';
import { type BuildOptions, type Tool, tools } from './options.ts';

export interface ImageRequest {
  readonly tag: string;
  /** Folder with what the Dockerfile copies. */
  readonly context: string;
  readonly dockerfile: string;
  readonly base: string;
}

/** One of the programs that build images. */
export interface Builder {
  readonly tool: Tool;
  build(request: ImageRequest): Promise<void>;
  /** Size of an image in bytes, its base included. */
  size(tag: string): Promise<number>;
}

type Asked = Pick<BuildOptions, 'tool' | 'dockerHost' | 'architecture'>;

/** The one that was asked for, else the first that answers. Throws DEPLOY_TOOL_MISSING. */
export async function findBuilder(asked: Asked): Promise<Builder> {
  const candidates = asked.tool === undefined ? tools : [asked.tool];
  for (const tool of candidates)
    if (await succeeds(tool, [...connection(tool, asked), 'info'])) return createBuilder(tool, asked);
  throw new AppError('DEPLOY_TOOL_MISSING', `none of ${candidates.join(', ')} answers`, {
    remedy: 'Install one of them, start its daemon, or name its socket with --docker-host.',
  });
}

function connection(tool: Tool, { dockerHost }: Asked): readonly string[] {
  return tool === 'docker' && dockerHost !== undefined ? ['--host', dockerHost] : [];
}

function createBuilder(tool: Tool, asked: Asked): Builder {
  const first = connection(tool, asked);
  const remedy =
    'Mend what the lines above say. The base image must be there, or in a registry that answers.';
  return {
    tool,
    async build({ tag, context, dockerfile, base }) {
      const build = tool === 'buildah' ? ['build', '--isolation', 'chroot'] : ['build'];
      const args = ['--build-arg', `BASE=${base}`, '--file', dockerfile, '--tag', tag];
      const platform = ['--platform', `linux/${asked.architecture.name}`];
      await command(tool, [...first, ...build, ...platform, ...args, context], { remedy, env: plainBuild });
    },
    async size(tag) {
      const inspect =
        tool === 'buildah'
          ? ['images', '--format', '{{.Size}}', tag]
          : ['image', 'inspect', '--format', '{{.Size}}', tag];
      return toBytes(await command(tool, [...first, ...inspect], { remedy }));
    },
  };
}

/** The builder inside of the daemon takes an image that only that daemon has as base; there is nothing to run. */
const plainBuild = { DOCKER_BUILDKIT: '0', BUILDKIT_PROGRESS: 'plain' };

const units: Readonly<Record<string, number>> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** `123`, or `117 MB` as buildah tells it. */
export function toBytes(text: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)\s*([KMG]B)?/.exec(text.trim()) ?? [];
  return Math.round(Number(digits) * (units[unit] ?? 1));
}
