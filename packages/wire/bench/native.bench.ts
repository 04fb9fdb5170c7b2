// Rows a second of the block builder and of its inspection, on one core: `node packages/wire/bench/native.bench.ts`.
import { randomRows, TEST_DAY_START_NS } from '@tomte/testkit';
import { BlockBuilder } from '../src/native/block-builder.ts';
import { columnPlanOf, dayOf } from '../src/native/column-plan.ts';
import { inspectBlocks } from '../src/native/inspect-blocks.ts';

const ROWS = 10_007;
const ROUNDS = 30;
const delivery = { clusterName: 'lab', hostName: 'node-1', agentId: 'agent-1', spoolId: 7n, batchSeq: 1n };
const rows = randomRows('requests', { count: ROWS, seed: 1 });
const builder = new BlockBuilder('requests', { maxRows: 100_000, maxBytes: 64 << 20 });
const columns = builder.columns;

function buildByRows() {
  for (const row of rows) builder.append(row);
  return builder.seal(delivery);
}

const address = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1]);
const requestHeaders = new Map([
  ['accept', '*/*'],
  ['host', 'shop.example'],
  ['user-agent', 'curl/7.88.1'],
]);
const responseHeaders = new Map([
  ['content-length', '100'],
  ['content-type', 'text/html'],
  ['server', 'nginx/1.22.1'],
]);
const paths = Array.from({ length: 97 }, (_, index) => `/products/${index}/reviews`);

/** As the agent's hot path does it: one direct writer for each column. */
function putRow(index: number): void {
  columns.start_time.put(TEST_DAY_START_NS + BigInt(index * 1000));
  columns.duration_ns.putNumber(1_234_567 + index);
  columns.time_to_first_byte_ns.putNumber(1_000_003 + index);
  columns.request_transfer_ns.putNumber(0);
  columns.exchange_index.put(index);
  columns.unpaired_reason.put('');
  columns.service_name.put('nginx');
  columns.peer_service_name.put('curl');
  columns.protocol.putIndex(1);
  columns.protocol_version.put('1.1');
  columns.encrypted.put(false);
  columns.method.put('GET');
  columns.host.put('shop.example');
  columns.path.put(paths[index % 97] ?? '');
  columns.query.put('');
  columns.status_code.put(200);
  columns.outcome.putIndex(0);
  columns.request_bytes.putNumber(85);
  columns.request_body_bytes.putNumber(0);
  columns.response_bytes.putNumber(338);
  columns.response_body_bytes.putNumber(100);
  columns.request_missing_bytes.putNumber(0);
  columns.response_missing_bytes.putNumber(0);
  columns.missing_reason.put('');
  columns.request_headers.putMap(requestHeaders);
  columns.response_headers.putMap(responseHeaders);
  columns.request_body.put('');
  columns.response_body.put('');
  columns.trace_id.put('');
  columns.span_id.put('');
  columns.attributes.put({});
  columns.client_address.put(address);
  columns.client_port.put(40_000 + (index % 97));
  columns.server_address.put(address);
  columns.server_port.put(80);
  columns.role.putIndex(2);
  columns.connection_id.putNumber(index % 97);
  columns.pid.put(4242);
  columns.process_start_time.put(TEST_DAY_START_NS);
  columns.process_name.put('nginx');
  columns.process_executable.put('/usr/sbin/nginx');
  columns.process_command_line.put('nginx: worker process');
  columns.container_id.put('');
  builder.endRow();
}

function buildByColumns() {
  for (let index = 0; index < ROWS; index += 1) putRow(index);
  return builder.seal(delivery);
}

function rowsPerSecond(run: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return Math.round((ROWS * 1e9) / best);
}

const { payload } = buildByColumns();
const expected = { spoolId: 7n, batchSeq: 1n, rows: ROWS, day: dayOf(TEST_DAY_START_NS) };
const plan = columnPlanOf('requests');
const figures = {
  directRowsPerSecond: rowsPerSecond(buildByColumns),
  inspectRowsPerSecond: rowsPerSecond(() => inspectBlocks(payload, plan, { expected })),
  inspectMBPerSecond: 0,
  appendRowsPerSecond: rowsPerSecond(buildByRows),
  bytesPerRow: Math.round(payload.length / ROWS),
};
figures.inspectMBPerSecond = Math.round((figures.inspectRowsPerSecond * figures.bytesPerRow) / 1e6);
console.log(JSON.stringify({ bench: 'native', figures }));
