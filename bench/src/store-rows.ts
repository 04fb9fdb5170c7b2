import { BlockBuilder } from '@tomte/wire';
import { Random } from '@tomte/testkit';

const PODS = 1_000;
const NODES = 20;
const PATHS = 200;
const NS_PER_SECOND = 1_000_000_000n;
const BLOCK_LIMITS = { maxRows: 100_000, maxBytes: 64 * 2 ** 20 };

/** Values that a big cluster would have: what compresses must be as random as it is there. */
interface Pod {
  readonly address: Uint8Array;
  readonly pid: number;
  readonly startTime: bigint;
  readonly service: string;
  readonly containerId: string;
}

function makePods(random: Random): Pod[] {
  return Array.from({ length: PODS }, (_, index) => ({
    address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 244, index >> 8, index & 255),
    pid: 1000 + random.below(30_000),
    startTime: random.uint64() >> 2n,
    service: `service-${index % 250}`,
    containerId: Buffer.from(random.bytes(32)).toString('hex'),
  }));
}

export interface StoredBatch {
  readonly payload: Uint8Array;
  readonly rows: number;
}

/** Batches of one agent and one second each, in the order of time, over one hour. */
export class RequestStream {
  readonly #random: Random;
  readonly #pods: Pod[];
  readonly #builder = new BlockBuilder('requests', BLOCK_LIMITS);
  readonly #startNs: bigint;
  readonly #rowsPerBatch: number;
  readonly #connections: { id: number; port: number; exchanges: number; client: number }[][];
  #second = 0;
  #node = 0;
  #nextConnection = 1;

  constructor(options: { startNs: bigint; rowsPerBatch: number; seed: number }) {
    this.#random = new Random(options.seed);
    this.#pods = makePods(this.#random);
    this.#startNs = options.startNs;
    this.#rowsPerBatch = options.rowsPerBatch;
    this.#connections = this.#pods.map(() => []);
  }

  next(): StoredBatch {
    const secondNs = this.#startNs + BigInt(this.#second) * NS_PER_SECOND;
    const offsets = Array.from({ length: this.#rowsPerBatch }, () => this.#random.below(1_000_000_000)).sort(
      (a, b) => a - b,
    );
    for (const offset of offsets) this.#addRow(secondNs + BigInt(offset));
    const sealed = this.#builder.seal({
      clusterName: 'bench',
      hostName: `node-${this.#node}`,
      agentId: `agent-${this.#node}`,
      spoolId: BigInt(this.#node + 1) * 0x1234_5678_9abcn,
      batchSeq: BigInt(this.#second + 1),
    });
    this.#node = (this.#node + 1) % NODES;
    if (this.#node === 0) this.#second += 1;
    return sealed;
  }

  #addRow(timeNs: bigint): void {
    const random = this.#random;
    const podIndex = random.below(PODS / NODES) * NODES + this.#node;
    const pod = this.#pods[podIndex];
    if (pod === undefined) throw new Error('the index is within the pods');
    const connection = this.#connectionOf(podIndex);
    const client = this.#pods[connection.client] ?? pod;
    const latencyNs = BigInt(
      Math.round(200_000 + -Math.log(1 - random.below(1_000_000) / 1_000_001) * 8_000_000),
    );
    const waitNs = latencyNs - BigInt(random.below(100_000));
    const isTraced = random.below(5) === 0;
    const isError = random.below(100) === 0;
    const bodyBytes = BigInt(random.below(20_000));
    this.#builder.append({
      start_time: timeNs,
      duration_ns: latencyNs,
      time_to_first_byte_ns: waitNs,
      request_transfer_ns: 0n,
      exchange_index: connection.exchanges++,
      pair_key: random.uint64(),
      unpaired_reason: '',
      service_name: pod.service,
      peer_service_name: client.service,
      protocol: 'http',
      protocol_version: '1.1',
      encrypted: podIndex % 3 === 0,
      method: random.below(4) === 0 ? 'POST' : 'GET',
      host: `${pod.service}.shop.svc`,
      path: `/api/v1/items/${random.below(PATHS)}`,
      query: '',
      status_code: isError ? 500 : 200,
      outcome: isError ? 'server_error' : 'ok',
      request_bytes: 300n,
      request_body_bytes: 0n,
      response_bytes: bodyBytes + 150n,
      response_body_bytes: bodyBytes,
      request_missing_bytes: 0n,
      response_missing_bytes: 0n,
      missing_reason: '',
      request_headers: { host: `${pod.service}.shop.svc`, 'user-agent': 'bench/1.0', accept: '*/*' },
      response_headers: { 'content-type': 'application/json', server: 'bench' },
      request_body: '',
      response_body: isError ? '{"error":"upstream timed out"}' : '',
      trace_id: isTraced ? Buffer.from(random.bytes(16)).toString('hex') : '',
      span_id: isTraced ? Buffer.from(random.bytes(8)).toString('hex') : '',
      attributes: {},
      client_address: client.address,
      client_port: connection.port,
      server_address: pod.address,
      server_port: 8080,
      role: 'server',
      connection_id: BigInt(connection.id),
      pid: pod.pid,
      process_start_time: pod.startTime,
      process_name: pod.service,
      process_executable: `/usr/bin/${pod.service}`,
      process_command_line: `/usr/bin/${pod.service} --port 8080`,
      container_id: pod.containerId,
    });
  }

  /** Keep-alive connections that live for some hundred exchanges. */
  #connectionOf(podIndex: number): { id: number; port: number; exchanges: number; client: number } {
    const open = this.#connections[podIndex] ?? [];
    const slot = this.#random.below(4);
    const existing = open[slot];
    if (existing !== undefined && this.#random.below(200) !== 0) return existing;
    const fresh = {
      id: this.#nextConnection++,
      port: 32_768 + this.#random.below(28_000),
      exchanges: 0,
      client: this.#random.below(PODS),
    };
    open[slot] = fresh;
    return fresh;
  }
}
