import type { DeliveryProblem, DeliveryState } from '@tomte/agent';
import type { RoleTeller } from './role-teller.ts';

const remedies: Readonly<Record<DeliveryProblem['code'], string>> = {
  COLLECTOR_UNREACHABLE: 'Check the address and that the collector runs; batches wait in the spool.',
  COLLECTOR_REFUSED_TOKEN: 'Give the agent the token that the collector was started with.',
  COLLECTOR_REFUSED_VERSION: 'Bring agent and collector to the same version; batches wait in the spool.',
  STREAM_LOST: 'Nothing: what was not acknowledged is sent again.',
};

/** Says why nothing is delivered, once for each reason, and when it goes on. */
export function sayDelivery(tell: RoleTeller): (state: DeliveryState) => void {
  let told = '';
  return (state) => {
    if (state.kind === 'connected' && told !== '') {
      told = '';
      tell(
        { kind: 'delivery_connected', address: state.address },
        `Connected to the collector at ${state.address}.`,
      );
    }
    if (state.kind !== 'waiting' && state.kind !== 'refused') return;
    const { code, detail } = state.problem;
    if (code === told) return;
    told = code;
    tell(
      { kind: 'delivery_waits', code, detail },
      `${code}: ${detail.replace(/\.$/, '')}. ${remedies[code]}`,
    );
  };
}
