// expect: room-api
import type { Verb } from '@tomte/cli';
export type Other = Verb;
