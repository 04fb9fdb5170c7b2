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

interface Answered {
  readonly status: number;
  /** Undefined where it cannot be told. */
  readonly bodyBytes: number | undefined;
}

interface Open {
  readonly asked: Asked[];
  readonly answered: Answered[];
}

/**
 * Every exchange of the capture: the n-th request of a connection and its n-th final response. A request counts in the
 * packet that completes it, which on a busy machine may have been captured after its response.
 */
export async function readExchanges(options: TsharkOptions): Promise<SeenExchange[]> {
  const exchanges: SeenExchange[] = [];
  const streams = new Map<string, Open>();
  for await (const frame of readFrames(options)) {
    const open = streams.get(frame.stream) ?? { asked: [], answered: [] };
    streams.set(frame.stream, open);
    frame.methods.forEach((method, index) => {
      open.asked.push({ method, target: frame.targets[index] ?? '', serverPort: frame.destinationPort });
    });
    open.answered.push(...answersOf(frame));
    exchanges.push(...takePairs(open));
  }
  return exchanges;
}

function* takePairs({ asked, answered }: Open): Generator<SeenExchange> {
  while (asked.length > 0 && answered.length > 0) {
    const [request, answer] = [asked.shift(), answered.shift()];
    if (request === undefined || answer === undefined) return;
    const isBodiless = request.method === 'HEAD' || answer.status === 204 || answer.status === 304;
    yield { ...request, nonce: nonceOf(request.target), ...answer, ...(isBodiless ? { bodyBytes: 0 } : {}) };
  }
}

function answersOf(frame: Frame): Answered[] {
  const finals = frame.codes.filter((code) => code >= 200);
  return finals.map((status, index) => ({ status, bodyBytes: bodyOf(frame, finals.length, index) }));
}

function bodyOf(frame: Frame, count: number, index: number): number | undefined {
  if (frame.contentLengths.length === count) return frame.contentLengths[index];
  if (count > 1 || frame.chunkSizes.length === 0) return undefined;
  return frame.chunkSizes.reduce((sum, size) => sum + size, 0);
}

async function* readFrames({ file, httpPort, httpsPort, keyLog }: TsharkOptions): AsyncGenerator<Frame> {
  const decode = [
    `tcp.port==${httpPort},http`,
    `tcp.port==${httpsPort},tls`,
    `tls.port==${httpsPort},http`,
  ].flatMap((rule) => ['-d', rule]);
  const preferences = [`tls.keylog_file:${keyLog}`, 'tcp.reassemble_out_of_order:TRUE'].flatMap((set) => [
    '-o',
    set,
  ]);
  const output = FIELDS.flatMap((field) => ['-e', field]);
  const child = spawn(
    'tshark',
    ['-n', '-r', file, ...preferences, ...decode, '-Y', 'http.request or http.response']
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
