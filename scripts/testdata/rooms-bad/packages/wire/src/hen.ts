import type { egg } from './egg.ts';
export const hen: typeof egg = 1;
