import type { RequestOutcome } from '@tomte/model';
import type {
  ConnectionParser,
  Exchange,
  ExchangeSink,
  GapReason,
  ParserLoss,
  ParserOptions,
  Side,
  StreamEnd,
} from '../contract.ts';
import { toExchange } from './exchange.ts';
import { isInterimStatus, none } from './framing.ts';
import type { Framing } from './framing.ts';
import { requestFraming, responseFraming } from './message-framing.ts';
import { MessageReader } from './message-reader.ts';
import type { MessageListener } from './message-reader.ts';
import type { Message } from './message.ts';
import { Pairing } from './pairing.ts';
import { Answer, outcomeOfAnswer, Turn } from './turn.ts';

/** After this much silence, a chunked body of which exactly the last chunk was cut counts as ended. */
const QUIET_NS = 1e9;

/** The parser of one HTTP/1 connection: two readers and the pairing between them. */
export class HttpConnection implements ConnectionParser {
  readonly #options: ParserOptions;
  readonly #sink: ExchangeSink;
  readonly #pairing: Pairing;
  readonly #requests: MessageReader;
  readonly #responses: MessageReader;
  #nextIndex = 0;
  /** The turn whose request is being read. */
  #speaking: Turn | undefined;
  /** The one before, while it is not proved that its request ended. */
  #spokenBefore: Turn | undefined;
  /** The response that is being read, interim ones included. */
  #answer: Answer | undefined;
  #isFinished = false;
  #ended: Partial<Record<Side, StreamEnd>> = {};

  constructor(options: ParserOptions, sink: ExchangeSink) {
    this.#options = options;
    this.#sink = sink;
    this.#pairing = new Pairing(options.limits.maxPendingRequests, options.fromStart, {
      giveUp: (turn) => this.#conclude(turn, 'not_observed'),
      confirm: (turn) => this.#conclude(turn, this.#outcomeOf(turn)),
      orphan: (answer) => this.#orphan(answer),
    });
    this.#requests = new MessageReader(true, options, this.#requestListener());
    this.#responses = new MessageReader(false, options, this.#responseListener());
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get heldBytes(): number {
    let bytes = this.#requests.heldBytes + this.#responses.heldBytes + (this.#speaking?.heldBytes ?? 0);
    for (const turn of this.#pairing.waiting) bytes += turn.heldBytes;
    return bytes + (this.#answer?.final?.heldBytes ?? 0);
  }

  push(side: Side, bytes: Uint8Array, position: number, atNs: number): void {
    if (!this.#isFinished) this.#reader(side).push(bytes, position, atNs);
  }

  gap(side: Side, bytes: number, position: number, gap: { reason: GapReason; atNs: number }): void {
    if (!this.#isFinished && bytes > 0) this.#reader(side).gap(bytes, position, gap.reason, gap.atNs);
  }

  #reader(side: Side): MessageReader {
    return side === 'request' ? this.#requests : this.#responses;
  }

  #requestListener(): MessageListener {
    return {
      started: (message) => this.#requestStarted(message),
      framingOf: (message) => ({
        framing: message.head === undefined ? none : requestFraming(message.head),
        isCertain: true,
      }),
      done: (message) => this.#requestDone(message),
      countLost: (reason) => this.#pairing.requestsLost(reason),
      skipped: (loss) => this.#skipped('request', loss),
      contradicted: () => this.#finish(),
    };
  }

  #responseListener(): MessageListener {
    return {
      started: () => {},
      framingOf: (message) => this.#responseFraming(message),
      done: (message) => this.#responseDone(message),
      countLost: (reason) => this.#responsesLost(reason),
      skipped: (loss) => this.#skipped('response', loss),
      contradicted: () => {},
    };
  }

  #skipped(side: Side, loss: Omit<ParserLoss, 'side'>): void {
    this.#sink.loss({ side, ...loss });
  }

  #requestStarted(message: Message): void {
    if (!this.#pairing.isPipelined) {
      this.#responses.settle(message.startNs);
      this.#responses.settlePeek();
    }
    const turn = new Turn(this.#nextIndex, message, this.#pairing.responseLosses);
    this.#nextIndex += 1;
    this.#spokenBefore = this.#speaking;
    this.#speaking = turn;
    turn.isDropped = !this.#pairing.add(turn);
    turn.isTold ||= turn.isDropped;
  }

  #requestDone(message: Message): void {
    const isSpeaking = this.#speaking?.request === message;
    const turn = isSpeaking ? this.#speaking : this.#spokenBefore;
    if (turn?.request !== message) return;
    if (isSpeaking) this.#speaking = undefined;
    this.#spokenBefore = undefined;
    // The bytes of a message without a head are counted by its reader.
    if (message.head === undefined) this.#neverTell(turn);
    else if (turn.isDropped) this.#dropped(message);
    if (turn.outcome !== undefined) this.#tell(turn, turn.outcome);
    const lateBytes = turn.toldBytes === 0 ? 0 : message.seenBytes - turn.toldBytes;
    if (lateBytes === 0) return;
    const position = message.position + turn.toldBytes;
    const detail = 'request_late';
    this.#skipped('request', { reason: 'parser_resync', position, bytes: lateBytes, detail });
  }

  /** A request of which not even the start line was seen; its answer is counted instead. */
  #neverTell(turn: Turn): void {
    turn.isTold = true;
    const answer = turn.answer;
    if (answer?.final?.isDone !== true) return;
    turn.answer = undefined;
    answer.turn = undefined;
    this.#orphan(answer);
  }

  #dropped(message: Message): void {
    const { position, seenBytes: bytes } = message;
    this.#skipped('request', { reason: 'parser_limit', position, bytes, detail: 'too_many_waiting' });
  }

  #responseFraming(message: Message): { framing: Framing; isCertain: boolean } {
    const head = message.head;
    if (head === undefined) return { framing: none, isCertain: true };
    const answer = this.#answer ?? this.#beginAnswer(message.position);
    if (isInterim(message)) return { framing: none, isCertain: true };
    answer.final = message;
    const method = answer.turn?.method;
    const isCertain = method !== undefined && !this.#pairing.isTentative(answer);
    return { framing: responseFraming(head, method), isCertain };
  }

  #beginAnswer(position: number): Answer {
    const answer = new Answer(undefined, position);
    this.#answer = answer;
    this.#pairing.assign(answer);
    if (answer.turn !== undefined) answer.turn.answer = answer;
    return answer;
  }

  #responseDone(message: Message): void {
    const answer = this.#answer;
    if (answer === undefined || message.head === undefined) return;
    if (isInterim(message)) {
      answer.addInterim(message);
      return;
    }
    this.#answer = undefined;
    // A bodiless answer to anything but HEAD: it answers another request than was thought.
    if (message.isBodiless && this.#pairing.isTentative(answer)) this.#pairing.abandon();
    const mayTell = this.#pairing.ended(answer);
    const turn = answer.turn;
    if (turn === undefined || turn.isTold) this.#orphan(answer);
    else if (isUpgrade(answer)) return this.#finish(turn);
    else if (mayTell) this.#conclude(turn, this.#outcomeOf(turn));
    if (isUpgrade(answer)) this.#finish();
  }

  #outcomeOf(turn: Turn): RequestOutcome {
    const isStopped = this.#ended.response === 'agent_stopped';
    if (isStopped && turn.answer?.final?.isWhole !== true) turn.reason ||= 'agent_down';
    return outcomeOfAnswer(turn.answer, isStopped);
  }

  #responsesLost(reason: string): void {
    const answer = this.#answer;
    this.#answer = undefined;
    this.#pairing.responsesLost(reason);
    if (answer === undefined) return;
    const turn = answer.turn;
    this.#orphan(answer);
    if (turn === undefined || turn.isTold || turn.outcome !== undefined) return;
    turn.answer = undefined;
    this.#pairing.putBack(turn);
  }

  #orphan(answer: Answer): void {
    const bytes = answer.seenBytes - answer.toldBytes;
    if (answer.isOrphaned || bytes === 0) return;
    answer.isOrphaned = true;
    const detail = answer.turn === undefined ? 'response_unpaired' : 'response_late';
    const position = answer.position + answer.toldBytes;
    this.#skipped('response', { reason: 'parser_resync', position, bytes, detail });
  }

  /** What became of a turn is known; it is told once its request has ended too. */
  #conclude(turn: Turn, outcome: RequestOutcome): void {
    turn.outcome = outcome;
    if (turn.request.isDone) this.#tell(turn, outcome);
  }

  #tell(turn: Turn, outcome: RequestOutcome): void {
    if (turn.isTold) return;
    turn.isTold = true;
    const exchange = toExchange(turn, { outcome, isOpen: false }, this.#options);
    if (exchange === undefined) return;
    turn.toldBytes = turn.request.seenBytes;
    if (turn.answer !== undefined) turn.answer.toldBytes = turn.answer.seenBytes;
    this.#sink.exchange(exchange);
  }

  /** The connection is another protocol's from here on. */
  #finish(upgraded?: Turn): void {
    this.#isFinished = true;
    this.#requests.stop();
    this.#responses.stop();
    if (upgraded !== undefined) {
      // Its client waits for this answer before it speaks the other protocol: no proof is needed.
      this.#pairing.settle();
      this.#tell(upgraded, this.#outcomeOf(upgraded));
    }
    this.#pairing.abandon();
    for (const turn of this.#turns()) this.#tell(turn, turn.outcome ?? 'not_observed');
    this.#pairing.takeWaiting();
  }

  end(side: Side, how: StreamEnd, atNs: number): void {
    if (this.#isFinished || this.#ended[side] !== undefined) return;
    this.#ended[side] = how;
    this.#reader(side).end(how === 'closed', atNs);
    const response = this.#ended.response;
    if (response !== undefined) this.#flush(response);
    this.#isFinished = response !== undefined && this.#ended.request !== undefined;
  }

  /** No response will come any more. */
  #flush(how: StreamEnd): void {
    const unanswered = how === 'agent_stopped' ? 'not_observed' : 'aborted';
    if (how === 'closed') this.#pairing.settle();
    else this.#pairing.abandon();
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer?.turn === undefined || answer.turn.isTold) {
      if (answer !== undefined) this.#orphan(answer);
    } else this.#conclude(answer.turn, unanswered);
    for (const each of this.#pairing.takeWaiting()) {
      this.#conclude(each.turn, each.isCertain ? unanswered : 'not_observed');
    }
  }

  expire(nowNs: number, olderThanNs: number): void {
    if (this.#isFinished) return;
    this.#requests.settle(nowNs - QUIET_NS);
    this.#responses.settle(nowNs - QUIET_NS);
    const untilNs = nowNs - olderThanNs;
    for (const turn of this.#pairing.takeStaleUnsure(untilNs)) this.#conclude(turn, 'not_observed');
    const answer = this.#answer;
    const isStale = answer?.turn !== undefined && answer.turn.lastNs <= untilNs;
    if (answer !== undefined && isStale && this.#pairing.isTentative(answer)) this.#pairing.abandon();
    const held = this.#pairing.held;
    if (held !== undefined && held.lastNs <= untilNs) this.#pairing.settle();
    for (const turn of this.#turns()) if (turn.lastNs <= untilNs) this.#timeOut(turn);
  }

  #timeOut(turn: Turn): void {
    if (turn.outcome !== undefined) this.#tell(turn, turn.outcome);
    else if (turn.answer?.final?.isDone === true) this.#tell(turn, this.#outcomeOf(turn));
    else this.#tell(turn, 'timed_out');
  }

  open(): readonly Exchange[] {
    const exchanges: Exchange[] = [];
    for (const turn of this.#turns()) {
      if (turn.isTold || turn.answer?.final?.isDone === true) continue;
      const outcome = turn.outcome ?? outcomeOfAnswer(turn.answer, true);
      const exchange = toExchange(turn, { outcome, isOpen: true }, this.#options);
      if (exchange !== undefined) exchanges.push(exchange);
    }
    return exchanges;
  }

  /** Every turn that is not over, in the order of the requests. */
  #turns(): readonly Turn[] {
    const turns = [this.#answer?.turn, ...this.#pairing.waiting, this.#spokenBefore, this.#speaking];
    const known = new Set(turns.filter((turn) => turn !== undefined));
    return [...known].sort((a, b) => a.index - b.index);
  }
}

function statusOf(message: Message | undefined): number {
  return message?.head?.line.kind === 'response' ? message.head.line.statusCode : 0;
}

function isInterim(message: Message): boolean {
  return isInterimStatus(statusOf(message));
}

/** RFC 9110 §15.2.2 and §9.3.6: from here on the bytes are not HTTP. */
function isUpgrade(answer: Answer): boolean {
  const statusCode = statusOf(answer.final);
  return statusCode === 101 || (answer.turn?.method === 'CONNECT' && statusCode >= 200 && statusCode < 300);
}
