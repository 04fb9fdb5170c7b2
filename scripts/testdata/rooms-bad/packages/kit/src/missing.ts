// expect: resolvable
import { gone } from './gone.ts';
export const back = gone;
