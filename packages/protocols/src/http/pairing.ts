import type { Answer, Turn } from './turn.ts';

export interface PairingListener {
  /** The turn's answer will never be known. */
  giveUp(turn: Turn): void;
  /** An answer that had been held back is right. */
  confirm(turn: Turn): void;
  /** An answer belongs to no request that can be named. */
  orphan(answer: Answer): void;
}

/**
 * Which request does a response answer? HTTP/1 has no ids: the n-th response answers the n-th request, so
 * as long as both counts are known, pairing is certain. The rule after a loss, when a count is not known:
 *
 * 1. Requests seen before requests were lost stay certain: their responses come first.
 * 2. Everything else is unsure. On a connection that ever pipelined, it stays so to the end: such requests
 *    are `not_observed`.
 * 3. On a connection that never pipelined, a client speaks only when it has been answered: the last request
 *    seen is the only one that may still wait, so a response goes to it and earlier ones are `not_observed`.
 *    That pair is held back until the next turn shows that it was right: one further request, answered, with
 *    no loss in between; or an orderly end, an upgrade, or silence until the time-out. A second response, a
 *    second waiting request or a further loss shows that it may be wrong: then the request is `not_observed`
 *    and the response is counted as skipped.
 *
 * "Pipelined" is: a response began while two requests waited, or a request came before the response
 * before it had ended, with no loss of responses in between.
 * What this cannot see: a client that always keeps exactly the same number (≥ 2) of requests in flight, was
 * joined late or lost its first turn, and whose events always alternate.
 */
export class Pairing {
  readonly #maxPending: number;
  readonly #listener: PairingListener;
  readonly #certain: Turn[] = [];
  readonly #unsure: Turn[] = [];
  /** Requests that did not fit, behind all in `#certain`; their responses pass by. */
  #droppedTail = 0;
  #isUnsure: boolean;
  #isPipelined = false;
  #tentative: Answer | undefined;
  #held: Turn | undefined;
  #reason = '';
  #responseLosses = 0;

  constructor(maxPending: number, fromStart: boolean, listener: PairingListener) {
    this.#maxPending = maxPending;
    this.#isUnsure = !fromStart;
    this.#reason = fromStart ? '' : 'joined_late';
    this.#listener = listener;
  }

  get responseLosses(): number {
    return this.#responseLosses;
  }

  get isPipelined(): boolean {
    return this.#isPipelined;
  }

  /** Turns that wait for an answer or for its confirmation, oldest first. */
  get waiting(): readonly Turn[] {
    const held = this.#held === undefined ? [] : [this.#held];
    return [...held, ...this.#certain, ...this.#unsure];
  }

  /** A request begins. False when it does not fit: then it is never to be told. */
  add(turn: Turn): boolean {
    if (this.#isUnsure) {
      this.#addUnsure(turn);
      return true;
    }
    if (this.#droppedTail > 0 || this.#certain.length >= this.#maxPending) {
      this.#droppedTail += 1;
      return false;
    }
    this.#certain.push(turn);
    return true;
  }

  #addUnsure(turn: Turn): void {
    if (this.#isPipelined) {
      this.#giveUp(turn);
      return;
    }
    this.#unsure.push(turn);
    const oldest = this.#unsure.length > this.#maxPending ? this.#unsure.shift() : undefined;
    if (oldest !== undefined) this.#giveUp(oldest);
  }

  #giveUp(turn: Turn): void {
    turn.reason ||= this.#reason;
    this.#listener.giveUp(turn);
  }

  /** Requests were lost, nobody knows how many: those before that are unsure are no longer the last to wait. */
  requestsLost(reason: string): void {
    this.#becomeUnsure(reason);
    this.#giveUpUnsure();
  }

  /**
   * Responses were lost, nobody knows how many: none of those that wait is certain any more, and those
   * before lost requests are not the last to wait either.
   */
  responsesLost(reason: string): void {
    this.#responseLosses += 1;
    const wereSure = this.#certain.splice(0);
    const hasGap = this.#isUnsure;
    this.#droppedTail = 0;
    this.#becomeUnsure(reason);
    if (hasGap || this.#isPipelined) for (const turn of wereSure) this.#giveUp(turn);
    else this.#unsure.push(...wereSure);
  }

  #becomeUnsure(reason: string): void {
    this.#isUnsure = true;
    this.#reason = reason;
    this.#refute();
    if (this.#isPipelined) this.#giveUpUnsure();
  }

  #giveUpUnsure(): void {
    for (const turn of this.#unsure.splice(0)) this.#giveUp(turn);
  }

  /** A response begins: sets `answer.turn`. */
  assign(answer: Answer): void {
    const waiting = this.#certain.length + this.#droppedTail + this.#unsure.length;
    if (waiting > 1 && this.#hasTwoInFlight()) this.#sawPipelining();
    answer.turn = this.#certain.shift();
    if (answer.turn !== undefined) return;
    if (this.#droppedTail > 0) this.#droppedTail -= 1;
    else if (this.#unsure.length > 0) this.#assignUnsure(answer);
    else this.#answerNobody();
  }

  /** Do the last two that wait wait since the last loss of responses? */
  #hasTwoInFlight(): boolean {
    if (this.#unsure.length === 0) return true;
    const second = this.#unsure.at(-2) ?? this.#certain.at(-1);
    return this.#droppedTail > 0 || second?.responseLossesAtStart === this.#responseLosses;
  }

  #sawPipelining(): void {
    this.#isPipelined = true;
    if (!this.#isUnsure) return;
    this.#refute();
    this.#giveUpUnsure();
  }

  /** A response though no request waits: a request must have been lost, or the server spoke unasked. */
  #answerNobody(): void {
    this.#isUnsure = true;
    this.#reason ||= 'parser_resync';
    this.#refute();
  }

  #assignUnsure(answer: Answer): void {
    answer.turn = this.#unsure.pop();
    const isOnly = this.#unsure.length === 0;
    this.#giveUpUnsure();
    if (this.#held !== undefined && isOnly) this.#confirm();
    else this.#tentative = answer;
  }

  #confirm(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#isUnsure = false;
    if (held !== undefined) this.#listener.confirm(held);
  }

  /** A final response ended, whole or cut. True when its turn may be told, false when it is held back. */
  ended(answer: Answer): boolean {
    const isNextWaiting = this.#certain.length + this.#droppedTail + this.#unsure.length > 0;
    if (isNextWaiting && answer.final?.isEndSeen === true) this.#sawPipelining();
    if (answer !== this.#tentative) return true;
    this.#tentative = undefined;
    this.#held = answer.turn;
    return false;
  }

  /** The answer's turn that waits for the proof that it is right. */
  get held(): Turn | undefined {
    return this.#held;
  }

  /** No other answer came: the connection ended in order, or fell silent. What was held back is right. */
  settle(): void {
    this.#confirm();
    this.#isUnsure = true;
  }

  /** What was held back, or is being answered on trial, can no longer be proved. */
  abandon(): void {
    this.#refute();
  }

  isTentative(answer: Answer): boolean {
    return answer === this.#tentative;
  }

  /** The final response to this turn was lost after interim ones. */
  putBack(turn: Turn): void {
    this.#unsure.unshift(turn);
  }

  /** Takes out all that still wait, and whether each was certain of its answer. */
  takeWaiting(): readonly { turn: Turn; isCertain: boolean }[] {
    const certain = this.#certain.splice(0).map((turn) => ({ turn, isCertain: true }));
    return [...certain, ...this.#unsure.splice(0).map((turn) => ({ turn, isCertain: false }))];
  }

  /** Takes out the turns that are unsure of their answer and older than `untilNs`. */
  takeStaleUnsure(untilNs: number): readonly Turn[] {
    const stale = this.#unsure.filter((turn) => turn.lastNs <= untilNs);
    if (stale.length > 0)
      this.#unsure.splice(0, this.#unsure.length, ...this.#unsure.filter((turn) => turn.lastNs > untilNs));
    return stale;
  }

  #refute(): void {
    const answer = this.#tentative;
    const turn = this.#held ?? answer?.turn;
    this.#tentative = undefined;
    this.#held = undefined;
    if (turn === undefined) return;
    const taken = turn.answer;
    turn.answer = undefined;
    if (taken !== undefined) taken.turn = undefined;
    if (taken !== undefined && taken !== answer) this.#listener.orphan(taken);
    if (answer !== undefined) answer.turn = undefined;
    this.#giveUp(turn);
  }
}
