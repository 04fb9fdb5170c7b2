import { chartObjects } from './chart-objects.ts';
import { failures } from './failures/failures.ts';
import { firstAnswer } from './first-answer.ts';
import { foreignTokens } from './foreign-tokens.ts';
import { identities } from './identities/identities.ts';
import { idle } from './idle.ts';
import { newcomers } from './newcomers.ts';
import { podsTalk } from './pods-talk.ts';
import { scope } from './scope.ts';
import { shop } from './shop/shop.ts';
import type { Story } from './story.ts';
import { tenants } from './tenants.ts';
import { uninstall } from './uninstall.ts';
import { upgrade } from './upgrade.ts';

/** Every story, in the order in which they run: what fails fast comes first, and `uninstall` last. */
export const stories: readonly Story[] = [
  podsTalk,
  chartObjects,
  firstAnswer,
  tenants,
  shop,
  identities,
  newcomers,
  idle,
  foreignTokens,
  scope,
  failures,
  upgrade,
  uninstall,
];
