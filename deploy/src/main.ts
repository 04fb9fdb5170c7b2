import { join } from 'node:path';
import { AppError, exitCodeOf } from '@tomte/kit';
import { type Builder, findBuilder } from './builder.ts';
import { checkout } from './checkout.ts';
import { type BuildOptions, parseOptions, usage } from './options.ts';
import { stage, type Staged } from './stage/stage.ts';

interface BuiltImage {
  readonly tag: string;
  /** With its base. */
  readonly bytes: number;
  readonly sbom: string;
}

/** Builds both images; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) process.stdout.write(usage);
    else await build(options);
    return 0;
  } catch (thrown) {
    const error = AppError.from(thrown, 'DEPLOY_UNEXPECTED', {
      family: 'unexpected',
      remedy: 'This is a defect: please report it with the lines below.',
    });
    process.stderr.write(`${error.toLine()}\n`);
    if (error.family === 'unexpected' && error.cause instanceof Error)
      process.stderr.write(`${error.cause.stack}\n`);
    return exitCodeOf(error);
  }
}

async function build(options: BuildOptions): Promise<void> {
  const startedMs = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedMs) / 100) / 10;
  const say = (line: string): void =>
    void process.stderr.write(`${seconds().toFixed(1).padStart(6)} s  ${line}\n`);
  const builder = options.stageOnly ? undefined : await findBuilder(options);
  const staged = await stage(options.architecture, options.base, say);
  const images = builder === undefined ? [] : await buildImages(builder, staged, { options, say });
  say(`ready: ${images.map(describe).join(', ') || staged.folder}`);
  if (!options.json) return;
  const facts = { tool: builder?.tool ?? null, arch: options.architecture.name, base: options.base };
  const stagedBytes = { tomte: staged.tomte.bytes, store: staged.store?.bytes ?? null };
  process.stdout.write(
    `${JSON.stringify({ ...facts, folder: staged.folder, stagedBytes, images, seconds: seconds() })}\n`,
  );
}

function describe({ tag, bytes }: BuiltImage): string {
  return `${tag} ${(bytes / 1e6).toFixed(0)} MB`;
}

interface Building {
  readonly options: BuildOptions;
  readonly say: (line: string) => void;
}

async function buildImages(
  builder: Builder,
  { folder, tomte, store }: Staged,
  { options, say }: Building,
): Promise<readonly BuiltImage[]> {
  const requests = [
    { tag: options.tag, base: options.base, dockerfile: 'Dockerfile', sbom: tomte.sbom },
    ...(store === undefined
      ? []
      : [{ tag: options.storeTag, base: options.tag, dockerfile: 'Dockerfile.store', sbom: store.sbom }]),
  ];
  const built: BuiltImage[] = [];
  for (const { tag, base, dockerfile, sbom } of requests) {
    say(`${builder.tool} builds ${tag}`);
    await builder.build({ tag, base, context: folder, dockerfile: join(checkout, 'deploy', dockerfile) });
    built.push({ tag, bytes: await builder.size(tag), sbom });
  }
  return built;
}
