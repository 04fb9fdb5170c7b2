// expect: no-relative-ways-out
import { thing } from '../../store/src/thing.ts';
export const other = thing;
