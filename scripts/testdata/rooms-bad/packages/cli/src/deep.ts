// expect: no-deep-imports
import { View } from '@tomte/query/src/view.ts';
export const view = View;
