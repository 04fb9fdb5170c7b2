// A live source in a process of its own, to be killed: `node run-live.ts PID`. Says `attached`.
import { createLiveSource } from '../live-source.ts';

const source = await createLiveSource({
  target: { kind: 'only', pids: [Number(process.argv[2])] },
  exclude: { pids: [], cgroups: [] },
  syscallStats: true,
});
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const nothing = (): void => undefined;
const running = source.run(
  {
    data: nothing,
    connection: nothing,
    process: nothing,
    syscalls: nothing,
    counters: nothing,
    loss: nothing,
    clock: nothing,
    probe: ({ probe }) => {
      if (probe === 'call_return') process.stdout.write('attached\n');
    },
  },
  stopping.signal,
);
await running;
source.close();
