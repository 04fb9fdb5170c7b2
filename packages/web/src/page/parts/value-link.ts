import type { OutputColumn } from '@tomte/query';
import { linkTo } from '../state/location.ts';

/** Where a value leads, by what it means: a service to its page, others to the requests that have it. */
export function linkOf(name: string, value: unknown, column: OutputColumn | undefined): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  switch (column?.semantic) {
    case 'service':
      return linkTo('service', { name: value });
    case 'pod':
    case 'namespace':
    case 'workload':
    case 'node':
    case 'host':
    case 'container':
    case 'trace_id':
      return linkTo('requests', { f: `${name}=${value}` });
    default:
      return undefined;
  }
}
