import type { RequestOutcome } from '@tomte/model';
import type { Message } from './message.ts';

/** Interim statuses kept; more are counted in bytes only. */
const MAX_INTERIM_STATUSES = 8;
const noStatuses: readonly number[] = [];

/** A request and what became of it. */
export class Turn {
  readonly index: number;
  readonly request: Message;
  /** How often the count of responses had been lost when the request began. */
  readonly responseLossesAtStart: number;
  answer: Answer | undefined;
  outcome: RequestOutcome | undefined;
  /** Told to the sink, or never to be. It may still stand in the queue, to keep the count right. */
  isTold = false;
  /** Bytes of the request that were told; more may come when it had timed out. */
  toldBytes = 0;
  /** Over the limit of waiting requests: counted, not told. */
  isDropped = false;
  /** Why the answer is not known, when a loss is to blame. */
  reason = '';

  constructor(index: number, request: Message, responseLossesAtStart: number) {
    this.index = index;
    this.request = request;
    this.responseLossesAtStart = responseLossesAtStart;
  }

  get method(): string | undefined {
    const line = this.request.head?.line;
    return line?.kind === 'request' ? line.method : undefined;
  }

  get lastNs(): number {
    return Math.max(this.request.lastNs, this.answer?.final?.lastNs ?? 0);
  }

  get heldBytes(): number {
    return TURN_BYTES + this.request.heldBytes + (this.answer?.final?.heldBytes ?? 0);
  }
}

/** Objects and headers of one exchange, roughly. */
const TURN_BYTES = 2048;

/** Interim responses and the final one, as they come. */
export class Answer {
  /** The request that it answers; undefined when none was seen, or when the pairing proved wrong. */
  turn: Turn | undefined;
  final: Message | undefined;
  readonly position: number;
  interimBytes = 0;
  interimGapBytes = 0;
  /** Bytes of it that were told with its request; more may come when that had timed out. */
  toldBytes = 0;
  /** Counted as skipped, since it belongs to no request that is told. */
  isOrphaned = false;
  interimStatuses: readonly number[] = noStatuses;

  constructor(turn: Turn | undefined, position: number) {
    this.turn = turn;
    this.position = position;
  }

  get sizeBytes(): number {
    return this.interimBytes + (this.final?.sizeBytes ?? 0);
  }

  /** Those of `sizeBytes` that were there. */
  get seenBytes(): number {
    return this.interimBytes - this.interimGapBytes + (this.final?.seenBytes ?? 0);
  }

  get statusCode(): number | null {
    const line = this.final?.head?.line;
    return line?.kind === 'response' ? line.statusCode : null;
  }

  addInterim(message: Message): void {
    this.interimBytes += message.sizeBytes;
    this.interimGapBytes += message.gapBytes;
    if (message.head?.line.kind !== 'response' || this.interimStatuses.length >= MAX_INTERIM_STATUSES) return;
    this.interimStatuses = [...this.interimStatuses, message.head.line.statusCode];
  }
}

/** Outcome by status; a response that the end of the connection cut short is no answer, whatever its status. */
export function outcomeOfAnswer(answer: Answer | undefined, isStopped: boolean): RequestOutcome {
  const { statusCode, final } = answer ?? {};
  if (statusCode === undefined || statusCode === null) return 'not_observed';
  if (final?.isEndedEarly === true && !isStopped) return 'aborted';
  if (statusCode < 400) return 'ok';
  return statusCode < 500 ? 'client_error' : 'server_error';
}
