import { ViewPanel } from '../parts/view-panel.tsx';

/** Whether what is shown elsewhere can be trusted: who watches, what was lost, what watching costs. */
export function Health() {
  return (
    <>
      <ViewPanel name="agents" nothing="No agent spoke in this time" />
      <ViewPanel name="loss-summary" nothing="Nothing was lost in this time" />
      <ViewPanel name="coverage" nothing="No connections in this time" />
      <ViewPanel name="agents-over-time" nothing="No agent spoke in this time" isTableHidden />
      <ViewPanel name="cost-of-observing" nothing="No agent spoke in this time" />
      <ViewPanel name="unresolved-peers" nothing="Every peer is known" />
      <ViewPanel name="probes" nothing="No probe changed its state in this time" />
    </>
  );
}
