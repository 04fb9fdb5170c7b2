import type {
  ConnectionParser,
  Decompress,
  Exchange,
  ExchangeSink,
  GapReason,
  ParserLimits,
  ParserLoss,
  ProtocolParser,
  Side,
  StreamEnd,
} from '../contract.ts';

export const testLimits: ParserLimits = {
  maxBodyBytes: 2048,
  maxHeaderBytes: 16_384,
  maxPendingRequests: 64,
  maxTargetBytes: 1024,
};

export interface RecorderOptions {
  readonly limits?: Partial<ParserLimits>;
  readonly fromStart?: boolean;
  readonly decompress?: Decompress;
}

/** A parser with its positions and a clock that ticks once a call, and all that it said. */
export class Recorder {
  readonly exchanges: Exchange[] = [];
  readonly losses: ParserLoss[] = [];
  readonly parser: ConnectionParser;
  readonly positions: Record<Side, number> = { request: 0, response: 0 };
  /** Bytes that were there. */
  readonly pushedBytes: Record<Side, number> = { request: 0, response: 0 };
  nowNs = 0;
  maxHeldBytes = 0;

  constructor(protocol: ProtocolParser, options: RecorderOptions = {}) {
    const sink: ExchangeSink = {
      exchange: (exchange) => this.exchanges.push(exchange),
      loss: (loss) => this.losses.push(loss),
    };
    const limits = { ...testLimits, ...options.limits };
    const { decompress = () => undefined, fromStart = true } = options;
    this.parser = protocol.connect({ limits, decompress, fromStart }, sink);
  }

  push(side: Side, data: string | Uint8Array): this {
    const bytes = typeof data === 'string' ? latin1(data) : data;
    this.nowNs += 1;
    this.parser.push(side, bytes, this.positions[side], this.nowNs);
    this.positions[side] += bytes.length;
    this.pushedBytes[side] += bytes.length;
    this.maxHeldBytes = Math.max(this.maxHeldBytes, this.parser.heldBytes);
    return this;
  }

  request(data: string | Uint8Array): this {
    return this.push('request', data);
  }

  response(data: string | Uint8Array): this {
    return this.push('response', data);
  }

  gap(side: Side, bytes: number, reason: GapReason = 'ring_full'): this {
    this.nowNs += 1;
    this.parser.gap(side, bytes, this.positions[side], { reason, atNs: this.nowNs });
    this.positions[side] += bytes;
    return this;
  }

  end(how: StreamEnd = 'closed'): this {
    this.nowNs += 1;
    this.parser.end('request', how, this.nowNs);
    this.parser.end('response', how, this.nowNs);
    return this;
  }
}

/** One byte a character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function latin1Text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
