import { ViewPanel } from '../parts/view-panel.tsx';

/** Processes, and what they ask of the kernel. */
export function Processes() {
  return (
    <>
      <ViewPanel name="processes" nothing="No process was heard of in this time" />
      <ViewPanel
        name="syscalls"
        nothing="No system calls were counted in this time: agents count them with --syscall-stats"
      />
      <ViewPanel
        name="syscalls-over-time"
        nothing="No system calls were counted in this time"
        isTableHidden
      />
      <ViewPanel name="process-events" nothing="No process began or ended in this time" />
    </>
  );
}
