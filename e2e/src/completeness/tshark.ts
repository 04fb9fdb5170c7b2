import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { nonceOf } from './nonce.ts';

/** One exchange as tshark reads it from the packets. */
export interface SeenExchange {
  readonly nonce: string;
  readonly serverPort: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** Without chunk framing; undefined where the fields of several messages in one frame cannot be told apart. */
  readonly bodyBytes: number | undefined;
}

export interface TsharkOptions {
  readonly file: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly keyLog: string;
}

const FIELDS = [
  'tcp.stream',
  'tcp.srcport',
  'tcp.dstport',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
  'http.content_length',
  'http.chunk_size',
] as const;
/** Between several values of a field; no target of ours has one. */
const BETWEEN = ';';

interface Frame {
  readonly stream: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly methods: readonly string[];
  readonly targets: readonly string[];
  readonly codes: readonly number[];
  readonly contentLengths: readonly number[];
  readonly chunkSizes: readonly number[];
}

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly serverPort: number;
}

/** Every exchange of the capture: the n-th request of a connection and its n-th final response. */
export async function readExchanges(options: TsharkOptions): Promise<SeenExchange[]> {
  const exchanges: SeenExchange[] = [];
  const open = new Map<string, Asked[]>();
  for await (const frame of readFrames(options)) {
    const asked = open.get(frame.stream) ?? [];
    open.set(frame.stream, asked);
    frame.methods.forEach((method, index) => {
      asked.push({ method, target: frame.targets[index] ?? '', serverPort: frame.destinationPort });
    });
    const finals = frame.codes.filter((code) => code >= 200);
    for (const [index, status] of finals.entries()) {
      const request = asked.shift();
      if (request === undefined) continue; // Counted by whoever compares: its request has no exchange.
      const bodyBytes = bodyOf(frame, finals, { index, request });
      exchanges.push({ ...request, nonce: nonceOf(request.target), status, bodyBytes });
    }
  }
  return exchanges;
}

function bodyOf(
  frame: Frame,
  finals: readonly number[],
  { index, request }: { index: number; request: Asked },
): number | undefined {
  const status = finals[index] ?? 0;
  if (request.method === 'HEAD' || status === 204 || status === 304) return 0;
  if (frame.contentLengths.length === finals.length) return frame.contentLengths[index];
  if (finals.length > 1 || frame.chunkSizes.length === 0) return undefined;
  return frame.chunkSizes.reduce((sum, size) => sum + size, 0);
}

async function* readFrames({ file, httpPort, httpsPort, keyLog }: TsharkOptions): AsyncGenerator<Frame> {
  const decode = [
    `tcp.port==${httpPort},http`,
    `tcp.port==${httpsPort},tls`,
    `tls.port==${httpsPort},http`,
  ].flatMap((rule) => ['-d', rule]);
  const output = FIELDS.flatMap((field) => ['-e', field]);
  const child = spawn(
    'tshark',
    ['-n', '-r', file, '-o', `tls.keylog_file:${keyLog}`, ...decode, '-Y', 'http.request or http.response']
      .concat(['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', `aggregator=${BETWEEN}`])
      .concat(output),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) yield toFrame(line.split('\t'));
  const code = await ended;
  if (code !== 0) throw new Error(`tshark ended with ${code}`);
}

function toFrame(fields: readonly string[]): Frame {
  const valuesOf = (name: (typeof FIELDS)[number]): string[] => {
    const text = fields[FIELDS.indexOf(name)] ?? '';
    return text === '' ? [] : text.split(BETWEEN);
  };
  const numbersOf = (name: (typeof FIELDS)[number]): number[] => valuesOf(name).map(Number);
  return {
    stream: fields[0] ?? '',
    sourcePort: numbersOf('tcp.srcport')[0] ?? 0,
    destinationPort: numbersOf('tcp.dstport')[0] ?? 0,
    methods: valuesOf('http.request.method'),
    targets: valuesOf('http.request.uri'),
    codes: numbersOf('http.response.code'),
    contentLengths: numbersOf('http.content_length'),
    chunkSizes: numbersOf('http.chunk_size'),
  };
}
