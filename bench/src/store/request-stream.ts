import { Random } from '@tomte/testkit';
import { type BatchRow, BlockBuilder, dayOf } from '@tomte/wire';

const PODS = 1_000;
const PATHS = 200;
const SERVICES = 250;
const CALLERS = 8;
/** As agents name a connection whose start they saw. */
const SHARED_ID_BIT = 1n << 63n;
const NS_PER_SECOND = 1_000_000_000n;
const BLOCK_LIMITS = { maxRows: 100_000, maxBytes: 64 * 2 ** 20 };

type RequestRow = BatchRow<'requests'>;

/** Values that a big cluster would have: what compresses must be as random as it is there. */
interface Pod {
  readonly address: Uint8Array;
  readonly pid: number;
  readonly startTime: bigint;
  readonly service: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly containerId: string;
  readonly isEncrypted: boolean;
}

interface PodConnection {
  /** Of TCP's initial sequence numbers: the same at both ends. */
  readonly id: bigint;
  readonly port: number;
  readonly client: number;
  exchanges: number;
}

function makePods(random: Random, nodes: number): Pod[] {
  return Array.from({ length: PODS }, (_, index) => ({
    address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 244, index >> 8, index & 255),
    pid: 1000 + random.below(30_000),
    startTime: random.uint64() >> 2n,
    service: `service-${index % SERVICES}`,
    name: `service-${index % SERVICES}-7d9f8b6c5d-${random.uint32().toString(36).slice(0, 5)}`,
    uid: toUuid(random.bytes(16)),
    node: `node-${index % nodes}`,
    containerId: Buffer.from(random.bytes(32)).toString('hex'),
    isEncrypted: (index % SERVICES) % 3 === 0,
  }));
}

function toUuid(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Where the observed end runs, and what its agent knows of the other. */
function placesOf(pod: Pod, peer: Pod) {
  return {
    k8s_namespace_name: 'shop',
    k8s_pod_name: pod.name,
    k8s_pod_uid: pod.uid,
    k8s_container_name: 'app',
    k8s_workload_kind: 'Deployment',
    k8s_workload_name: pod.service,
    k8s_node_name: pod.node,
    k8s_service_name: pod.service,
    k8s_unresolved_reason: '',
    peer_service_name: peer.service,
    peer_kind: 'pod',
    peer_k8s_namespace_name: 'shop',
    peer_k8s_pod_name: peer.name,
    peer_k8s_workload_kind: 'Deployment',
    peer_k8s_workload_name: peer.service,
    peer_k8s_node_name: peer.node,
    peer_k8s_service_name: peer.service,
    peer_unresolved_reason: '',
  } as const;
}

/** What one agent seals in one second. */
export interface SealedSecond {
  /** Number of the node, from 0. */
  readonly node: number;
  readonly seq: number;
  readonly day: number;
  readonly rows: number;
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  readonly payload: Uint8Array;
}

export interface StreamOptions {
  readonly startNs: bigint;
  /** Agents; each has its share of the pods. A divisor of 1,000. */
  readonly nodes: number;
  readonly rowsPerBatch: number;
  readonly seed: number;
  /** Number of the first spool: streams with different ones have no batch in common. */
  readonly firstSpool: number;
}

/** Batches of all agents for one second after another, each with random nanoseconds, latencies, ports. */
export class RequestStream {
  readonly #options: StreamOptions;
  readonly #random: Random;
  readonly #pods: readonly Pod[];
  readonly #builder = new BlockBuilder('requests', BLOCK_LIMITS);
  readonly #connections: PodConnection[][];
  /** By node: rows of exchanges that its pods asked, for its next batches. */
  readonly #atClients: RequestRow[][];
  #second = 0;
  #node = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#pods = makePods(this.#random, options.nodes);
    this.#connections = this.#pods.map(() => []);
    this.#atClients = Array.from({ length: options.nodes }, () => []);
  }

  spoolIdOf(node: number): bigint {
    return BigInt(this.#options.firstSpool + node) * 0x1234_5678_9abcn;
  }

  next(): SealedSecond {
    const { startNs, rowsPerBatch, nodes } = this.#options;
    const secondNs = startNs + BigInt(this.#second) * NS_PER_SECOND;
    const asked = this.#atClients[this.#node]?.splice(0, Math.floor(rowsPerBatch / 2)) ?? [];
    for (const row of asked) this.#builder.append(row);
    const offsets = Float64Array.from({ length: rowsPerBatch - asked.length }, () =>
      this.#random.below(1_000_000_000),
    ).sort();
    for (const offset of offsets) this.#addExchange(secondNs + BigInt(offset));
    const node = this.#node;
    const seq = this.#second + 1;
    const name = `node-${node}`;
    const spoolId = this.spoolIdOf(node);
    const delivery = {
      clusterName: 'bench',
      hostName: name,
      agentId: `agent-${node}`,
      spoolId,
      batchSeq: BigInt(seq),
    };
    const { payload, rows, firstTimeNs, lastTimeNs } = this.#builder.seal(delivery);
    this.#node = (node + 1) % nodes;
    if (this.#node === 0) this.#second += 1;
    return { node, seq, day: dayOf(firstTimeNs), rows, firstTimeNs, lastTimeNs, payload };
  }

  /** An exchange as its server's node sees it; nine in ten are seen at the client's node too, a moment earlier. */
  #addExchange(timeNs: bigint): void {
    const random = this.#random;
    const podIndex = random.below(PODS / this.#options.nodes) * this.#options.nodes + this.#node;
    const connection = this.#connectionOf(podIndex);
    const server = this.#podAt(podIndex);
    const client = this.#podAt(connection.client);
    const latencyNs = Math.round(200_000 - Math.log(1 - random.uint32() / 0x1_0000_0000) * 8_000_000);
    const wireNs = random.below(500_000);
    const exchange = this.#exchangeOf(server, connection);
    const ends = { client_address: client.address, server_address: server.address };
    const seenAt = (pod: Pod, peer: Pod, from: bigint, durationNs: number) => ({
      ...placesOf(pod, peer),
      start_time: from,
      duration_ns: BigInt(durationNs),
      time_to_first_byte_ns: BigInt(durationNs - random.below(100_000)),
      service_name: pod.service,
      pid: pod.pid,
      process_start_time: pod.startTime,
      process_name: pod.service,
      process_executable: `/usr/bin/${pod.service}`,
      process_command_line: `/usr/bin/${pod.service} --port 8080`,
      container_id: pod.containerId,
    });
    const { id } = connection;
    const atServer = seenAt(server, client, timeNs, latencyNs);
    this.#builder.append({ ...exchange, ...ends, ...atServer, role: 'server', connection_id: id });
    if (random.below(10) === 0) return;
    const sentNs = timeNs - BigInt(wireNs);
    const { startNs } = this.#options;
    const atClient = seenAt(client, server, sentNs < startNs ? startNs : sentNs, latencyNs + 2 * wireNs);
    const row: RequestRow = { ...exchange, ...ends, ...atClient, role: 'client', connection_id: id };
    this.#atClients[connection.client % this.#options.nodes]?.push(row);
  }

  /** What both ends see of it. */
  #exchangeOf(server: Pod, connection: PodConnection) {
    const random = this.#random;
    const isTraced = random.below(5) === 0;
    const isError = random.below(100) === 0;
    const bodyBytes = BigInt(random.below(20_000));
    return {
      request_transfer_ns: 0n,
      exchange_index: connection.exchanges++,
      unpaired_reason: '',
      protocol: 'http',
      protocol_version: '1.1',
      encrypted: server.isEncrypted,
      method: random.below(4) === 0 ? 'POST' : 'GET',
      host: `${server.service}.shop.svc`,
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
      request_headers: { host: `${server.service}.shop.svc`, 'user-agent': 'bench/1.0', accept: '*/*' },
      response_headers: { 'content-type': 'application/json', server: 'bench' },
      request_body: '',
      response_body: isError ? '{"error":"upstream timed out"}' : '',
      trace_id: isTraced ? Buffer.from(random.bytes(16)).toString('hex') : '',
      span_id: isTraced ? Buffer.from(random.bytes(8)).toString('hex') : '',
      attributes: {},
      client_port: connection.port,
      server_port: 8080,
    } as const;
  }

  #podAt(index: number): Pod {
    const pod = this.#pods[index];
    if (pod === undefined) throw new Error('the index is within the pods');
    return pod;
  }

  /** Keep-alive connections that live for some hundred exchanges. */
  #connectionOf(podIndex: number): PodConnection {
    const open = this.#connections[podIndex] ?? [];
    const slot = this.#random.below(4);
    const existing = open[slot];
    if (existing !== undefined && this.#random.below(200) !== 0) return existing;
    const port = 32_768 + this.#random.below(28_000);
    // A service is asked by eight others, at even steps from its own number.
    const caller = ((podIndex % SERVICES) * 7 + 31 * (1 + this.#random.below(CALLERS))) % SERVICES;
    const client = caller + SERVICES * this.#random.below(PODS / SERVICES);
    const fresh = { id: SHARED_ID_BIT | (this.#random.uint64() >> 1n), port, exchanges: 0, client };
    open[slot] = fresh;
    return fresh;
  }
}

/** Start of an hour that is over, at least two hours ago: no second of it is in the future or in two days. */
export function pastHourNs(nowMs: number): bigint {
  const hourMs = 3_600_000;
  return BigInt(Math.floor(nowMs / hourMs) * hourMs - 2 * hourMs) * 1_000_000n;
}
