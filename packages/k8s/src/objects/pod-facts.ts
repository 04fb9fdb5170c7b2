import { listAt, objectAt, textAt } from './json.ts';

/** All its addresses; `podIP` alone where the list is missing. */
export function podIps(pod: unknown): readonly string[] {
  const status = objectAt(pod, 'status');
  const listed = listAt(status, 'podIPs')
    .map((item) => textAt(item, 'ip'))
    .filter((ip) => ip !== '');
  const single = textAt(status, 'podIP');
  return listed.length > 0 || single === '' ? listed : [single];
}
