import { chartObjects } from './chart-objects.ts';

import { firstAnswer } from './first-answer.ts';

import { identities } from './identities/identities.ts';

import { newcomers } from './newcomers.ts';
import { podsTalk } from './pods-talk.ts';
import { shop } from './shop/shop.ts';
import type { Story } from './story.ts';
import { tenants } from './tenants.ts';
import { uninstall } from './uninstall.ts';

/** Every story, in the order in which they run: what fails fast comes first, and `uninstall` last. */
export const stories: readonly Story[] = [
  podsTalk,
  chartObjects,
  firstAnswer,
  tenants,
  shop,
  identities,
  newcomers,
  uninstall,
];
