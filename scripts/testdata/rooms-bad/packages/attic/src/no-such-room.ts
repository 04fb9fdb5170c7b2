// expect: unknown-room
import { box } from './box.ts';
export const boxes = [box];
