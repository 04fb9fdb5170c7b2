import type { AnyView } from '../view.ts';
import { agents } from './agents.ts';
import { connections } from './connections.ts';
import { edges } from './edges.ts';
import { loss } from './loss.ts';
import { probes } from './probes.ts';
import { processes } from './processes.ts';
import { requests } from './requests.ts';
import { services } from './services.ts';
import { syscalls } from './syscalls.ts';

/** Every view: REST, command line, web page and documentation are made from this list. */
export const views: readonly AnyView[] = [
  requests,
  services,
  edges,
  connections,
  syscalls,
  processes,
  loss,
  agents,
  probes,
];
