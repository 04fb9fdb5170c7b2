import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { defineStory } from './story.ts';

const WINDOW_SECONDS = 30;
/** Probes of kubelet come each second or ten: a window has one more or fewer of them. */
const TOLERANCE = 1.25;

export const idle = defineStory({
  name: 'idle',
  title: "an idle cluster's rows stay flat, and none is of Tomte's own pods",
  timeoutMinutes: 5,
  async run({ cluster, tomte: install, say }) {
    const { api, namespace } = await install();
    const started = await api.number('SELECT toUnixTimestamp(now())');
    const windows: number[] = [];
    for (let window = 0; window < 3; window += 1) {
      await delay(WINDOW_SECONDS * 1_000);
      const from = started + window * WINDOW_SECONDS;
      const sql =
        'SELECT toUInt32(count()) FROM requests WHERE start_time >= toDateTime({from:UInt32}) AND start_time < toDateTime({to:UInt32})';
      const settled = await cluster.until(
        'settled count',
        async () => {
          const first = await api.number(sql, { from, to: from + WINDOW_SECONDS });
          await delay(3_000);
          return { first, second: await api.number(sql, { from, to: from + WINDOW_SECONDS }) };
        },
        ({ first, second }) => first === second && first > 0,
      );
      windows.push(settled.second);
    }
    say(`rows in ${WINDOW_SECONDS} s, one window after the other: ${windows.join(', ')}`);
    const [first = 0, ...later] = windows;
    for (const rows of later) assert.ok(rows <= first * TOLERANCE, `${rows} rows after ${first}`);
    for (const table of ['requests', 'connections', 'syscall_stats']) {
      const own = await api.number(
        `SELECT toUInt32(count()) FROM ${table} WHERE k8s_namespace_name = {namespace:String}`,
        { namespace },
      );
      assert.equal(own, 0, `rows of our own pods in ${table}`);
    }
  },
});
