// A collector as a process of its own: `node run-collector.ts ADDRESS_JSON QUARANTINE`. Says its port on the channel.
import { systemClock } from '@tomte/kit';
import { connectStore } from '@tomte/store';
import type { StoreAddress } from '@tomte/store';
import { toBatchStore } from '../batch-store.ts';
import { startCollector } from '../collector.ts';

const [address = '{}', quarantineDirectory = ''] = process.argv.slice(2);
const store = connectStore(JSON.parse(address) as StoreAddress); // Proof: the test wrote it from one.
const collector = await startCollector({
  store: toBatchStore(store),
  clock: systemClock(),
  quarantineDirectory,
  limits: { lingerMs: 20, leaseMs: 600, pulseMs: 100, leaseMarginMs: 100, retryMs: 50 },
});
process.on('disconnect', () => process.exit()); // The test has ended, whatever way.
process.send?.(collector.port);
