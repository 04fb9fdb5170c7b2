import type { ProtocolName } from '@tomte/model';
import type { ProtocolParser } from './contract.ts';
import { http } from './http/index.ts';

/** Every protocol that has a number in `model` has a parser here. */
export const parsers = {
  http,
} satisfies Record<Exclude<ProtocolName, 'unknown'>, ProtocolParser>;
