import { systemClock } from '@tomte/kit';
import { openSpool } from '../spool.ts';

/** Run on a file system of 1 MiB: appends 211 batches of 17 kB and prints what became of them. */
const [, , directory = ''] = process.argv;
let lost = 0;
const reasons = new Set<string>();
const spool = await openSpool({
  directory,
  clock: systemClock(),
  segmentBytes: 100_000,
  onLoss: (loss) => {
    lost += loss.batches;
    reasons.add(loss.reason);
  },
});
for (let index = 0; index < 211; index += 1) {
  const payload = new Uint8Array(17_011).fill(index);
  const times = { firstTimeNs: 1n, lastTimeNs: 2n, completeToNs: 2n };
  spool.append(spool.nextSeq(), { table: 'requests', day: 1, rows: 1, ...times, payload });
  await spool.durable();
}
let kept = 0;
let isReadable = true;
for (let entry = spool.findNext(0); entry !== undefined; entry = spool.findNext(entry.seq)) {
  kept += 1;
  isReadable &&= (await spool.read(entry)) !== undefined;
}
await spool.close();
process.stdout.write(
  JSON.stringify({ appended: 211, accounted: kept + lost, kept, readable: isReadable, reasons: [...reasons] }),
);
