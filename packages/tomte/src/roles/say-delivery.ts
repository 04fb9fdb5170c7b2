import type { DeliveryProblem, DeliveryState } from '@tomte/agent';

const remedies: Readonly<Record<DeliveryProblem['code'], string>> = {
  COLLECTOR_UNREACHABLE: 'Check the address and that the collector runs; batches wait in the spool.',
  COLLECTOR_REFUSED_TOKEN: 'Give the agent the token that the collector was started with.',
  COLLECTOR_REFUSED_VERSION: 'Bring agent and collector to the same version; batches wait in the spool.',
  STREAM_LOST: 'Nothing: what was not acknowledged is sent again.',
};

/** Says on stderr why nothing is delivered, once for each reason, and when it goes on. */
export function sayDelivery(
  write: (text: string) => void = (text) => void process.stderr.write(text),
): (state: DeliveryState) => void {
  let told = '';
  return (state) => {
    if (state.kind === 'connected' && told !== '') {
      told = '';
      write(`Connected to the collector at ${state.address}.\n`);
    }
    if (state.kind !== 'waiting' && state.kind !== 'refused') return;
    const { code, detail } = state.problem;
    if (code === told) return;
    told = code;
    write(`${code}: ${detail.replace(/\.$/, '')}. ${remedies[code]}\n`);
  };
}
