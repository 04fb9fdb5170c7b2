import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tomte/kit';
import { stories } from '../stories/index.ts';
import type { Figures, Stage, Story } from '../stories/story.ts';
import { Cluster } from './cluster.ts';
import { down } from './down.ts';
import { downLeavesNothing, killedUpLeavesNothing } from './leftovers.ts';
import { type Snapshot, takeSnapshot } from './machine/snapshot.ts';
import type { E2eOptions } from './options.ts';
import { places } from './places.ts';
import { say } from './progress.ts';
import { withStage } from './state.ts';
import { installTomte, type Tomte } from './tomte.ts';
import { loadTomte } from './tomte-image.ts';
import { up } from './up.ts';

const DEFAULT_MINUTES = 5;

/** Runs the stories, in order. @returns how many failed */
export function test(options: E2eOptions): Promise<number> {
  const chosen = choose(options.only);
  return withStage(() => tellAll(chosen, options));
}

async function tellAll(chosen: readonly Story[], options: E2eOptions): Promise<number> {
  const before = options.isFresh ? await takeSnapshotOfNothing() : undefined;
  const startedMs = performance.now();
  const cluster = new Cluster(await up());
  const upSeconds = secondsSince(startedMs);
  // Before the stories, whose time is counted.
  if (chosen.some((story) => story.isWithoutTomte !== true)) await loadTomte(cluster);
  const figures: Figures = {};
  const stage = makeStage(cluster, figures);
  const failures: string[] = [];
  const every = [...chosen, ...(before === undefined ? [] : proofs(before))];
  for (const [index, story] of every.entries()) {
    const problem = await tell(story, `[${index + 1}/${every.length}] ${story.name}: ${story.title}`, stage);
    if (problem !== undefined) failures.push(`${story.name}: ${problem}`);
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
  report(options.json, { stories: every.length, failed: failures.length, upSeconds, figures });
  return failures.length;
}

function makeStage(cluster: Cluster, figures: Figures): Stage {
  let installed: Promise<Tomte> | undefined;
  const tomte = (): Promise<Tomte> => (installed ??= installTomte(cluster));
  return { cluster, figures, tomte, say: (text) => say(`    ${text}`) };
}

async function takeSnapshotOfNothing(): Promise<Snapshot> {
  await down();
  return takeSnapshot();
}

/** Told after all others: they take the cluster down. */
function proofs(before: Snapshot): readonly Story[] {
  return [
    {
      name: 'down-leaves-nothing',
      title: 'after `down` the machine is as it was before `up`',
      run: () => downLeavesNothing(before),
    },
    {
      name: 'killed-up-leaves-nothing',
      title: 'so it is after `down` of an `up` that was killed half-way',
      run: () => killedUpLeavesNothing(before),
    },
  ];
}

function choose(only: readonly string[]): readonly Story[] {
  const unknown = only.find((name) => !stories.some((story) => story.name === name));
  if (unknown !== undefined) {
    throw new AppError('CLUSTER_STORY_UNKNOWN', `There is no story "${unknown}"`, {
      family: 'user',
      remedy: `Use one of: ${stories.map(({ name }) => name).join(' ')}.`,
    });
  }
  return only.length === 0 ? stories : stories.filter(({ name }) => only.includes(name));
}

/** @returns what failed; undefined when nothing did */
async function tell(story: Story, label: string, stage: Stage): Promise<string | undefined> {
  say(`${label} …`);
  const startedMs = performance.now();
  try {
    await withinTime(story, stage);
    say(`${label} … passed, ${secondsSince(startedMs)} s`);
    return undefined;
  } catch (thrown) {
    say(`${label} … FAILED, ${secondsSince(startedMs)} s`);
    const error = AppError.from(thrown, 'CLUSTER_STORY_FAILED', { remedy: 'Read the story.' });
    const text =
      error.code === 'CLUSTER_STORY_FAILED' && thrown instanceof Error ? thrown.stack : error.toLine();
    say(`${text ?? ''}\n    The cluster as it was then: ${await photograph(story, stage.cluster)}`);
    return shorten(error.message);
  }
}

/** What a command said stands below its name. */
function shorten(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, 4).join(' | ').slice(0, 1000);
}

async function withinTime(story: Story, stage: Stage): Promise<void> {
  const minutes = story.timeoutMinutes ?? DEFAULT_MINUTES;
  const stopping = new AbortController();
  const timeout = delay(minutes * 60_000, undefined, { signal: stopping.signal, ref: false }).then(() => {
    throw new AppError('CLUSTER_STORY_SLOW', `It takes longer than ${minutes} minutes`, {
      remedy: 'Look where it waits; its progress lines say how far it came.',
    });
  });
  timeout.catch(() => undefined); // Once it is aborted nobody waits for it.
  try {
    await Promise.race([story.run(stage), timeout]);
  } finally {
    stopping.abort();
  }
}

const photographs: readonly (readonly string[])[] = [
  ['get', 'pods', '-A', '-o', 'wide'],
  ['get', 'events', '-A', '--sort-by=.lastTimestamp'],
  ['describe', 'pods', '-A', '--field-selector=status.phase!=Running'],
  ['get', 'daemonsets,deployments,statefulsets,pvc', '-A', '-o', 'wide'],
  ['logs', '-A', '-l', 'app.kubernetes.io/part-of=tomte', '--all-containers', '--prefix', '--tail=200'],
];

/** Writes down what the cluster looks like, for whoever reads the failure. @returns the file */
async function photograph(story: Story, cluster: Cluster): Promise<string> {
  const folder = join(places.state, 'failures');
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const path = join(folder, `${story.name}.txt`);
  const texts: string[] = [];
  for (const args of photographs) {
    const { stdout, stderr } = await cluster.tryKubectl(args, { timeoutMs: 30_000 });
    texts.push(`$ kubectl ${args.join(' ')}\n${stdout}${stderr}`);
  }
  writeFileSync(path, texts.join('\n'));
  return path;
}

interface Result {
  readonly stories: number;
  readonly failed: number;
  readonly upSeconds: number;
  readonly figures: Figures;
}

function report(isJson: boolean, { stories: count, failed, upSeconds, figures }: Result): void {
  const passed = count - failed;
  if (!isJson) {
    console.log(`${passed} passed, ${failed} failed`);
    return;
  }
  const {
    installToReadySeconds = null,
    installToFirstAnswerSeconds = null,
    firstRequestP99Ms = null,
  } = figures;
  const measured = { installToReadySeconds, installToFirstAnswerSeconds, firstRequestP99Ms };
  console.log(JSON.stringify({ stories: count, passed, failed, upSeconds, ...measured }));
}

function secondsSince(startedMs: number): number {
  return Math.round((performance.now() - startedMs) / 100) / 10;
}
