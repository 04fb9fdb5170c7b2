import type { Cluster } from '../cluster/cluster.ts';
import type { Tomte } from '../cluster/tomte.ts';

/** Figures that a story measures, for the line at the end. */
export interface Figures {
  installToReadySeconds?: number;
  installToFirstAnswerSeconds?: number;
  firstRequestP99Ms?: number;
}

/** What a story is given. */
export interface Stage {
  readonly cluster: Cluster;
  readonly figures: Figures;
  /** Tomte on this cluster; the first story that asks has it installed, anew, the others get the same. */
  tomte(): Promise<Tomte>;
  /** Progress, for people. */
  say(text: string): void;
}

/** One readable test on the real cluster: it throws where what it tells is not so. */
export interface Story {
  /** kebab-case, for `--only`. */
  readonly name: string;
  /** A sentence that holds when the story passes. */
  readonly title: string;
  /** It fails when it takes longer. */
  readonly timeoutMinutes?: number;
  run(stage: Stage): Promise<void>;
  /** It never asks for Tomte, so that no images need be built for it. */
  readonly isWithoutTomte?: boolean;
}

export function defineStory(story: Story): Story {
  return story;
}
