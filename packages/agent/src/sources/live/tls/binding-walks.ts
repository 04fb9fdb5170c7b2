import { keyOfUint32, readUint64, tlsWalk } from '@tomte/bpf-host';
import type { BpfMap } from '@tomte/bpf-host';
import type { Report } from './tls-library.ts';

/** What SSL objects themselves said of bindings that were about to be made, since load (enum tls_walk). */
export interface BindingWalks {
  readonly agrees: number;
  /** Refused: what the object moves is counted as tls_unbound. */
  readonly disagrees: number;
  readonly layoutUnknown: number;
  readonly noDescriptor: number;
  readonly readFault: number;
}

export function readBindingWalks(map: BpfMap): BindingWalks {
  const count = (result: number): number => sumOverProcessors(map, result);
  return {
    agrees: count(tlsWalk.tlsWalkAgrees),
    disagrees: count(tlsWalk.tlsWalkDisagrees),
    layoutUnknown: count(tlsWalk.tlsWalkLayoutUnknown),
    noDescriptor: count(tlsWalk.tlsWalkNoDescriptor),
    readFault: count(tlsWalk.tlsWalkReadFault),
  };
}

function sumOverProcessors(map: BpfMap, result: number): number {
  const memory = map.lookup(keyOfUint32(result)) ?? Buffer.alloc(0);
  const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
  let sum = 0;
  for (let at = 0; at < memory.length; at += 8) sum += readUint64(view, at);
  return sum;
}

/** Tells them as the state of a probe, whenever they have changed. */
export class BindingWalkReport {
  readonly #map: BpfMap;
  #told = '';

  constructor(map: BpfMap) {
    this.#map = map;
  }

  report(tell: Report): void {
    const walks = readBindingWalks(this.#map);
    const detail = describe(walks);
    if (detail === this.#told || Object.values(walks).every((count) => count === 0)) return;
    this.#told = detail;
    tell({ probe: 'tls_binding', target: 'kernel', state: 'attached', method: 'struct walk', detail });
  }
}

function describe(walks: BindingWalks): string {
  return [
    `socket confirmed by the SSL object: ${String(walks.agrees)}`,
    `refused, it has another: ${String(walks.disagrees)}`,
    `bound unconfirmed: ${String(walks.layoutUnknown)} library unknown`,
    `${String(walks.noDescriptor)} BIO without descriptor`,
    `${String(walks.readFault)} unreadable`,
  ].join('; ');
}
