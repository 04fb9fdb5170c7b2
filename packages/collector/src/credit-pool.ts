import type { Credit } from '@tomte/wire';
import type { CollectorLimits } from './collector-options.ts';

/** A share of less is not worth a message. */
const WORTH_A_MESSAGE = 8;

/** What one stream may have in memory here, sent or promised. */
export interface CreditAccount {
  /** Promised and not yet used. The bytes may be overdrawn by one batch. */
  openBatches: number;
  openBytes: number;
  heldBatches: number;
  heldBytes: number;
  isClosed: boolean;
}

function newAccount(): CreditAccount {
  return { openBatches: 0, openBytes: 0, heldBatches: 0, heldBytes: 0, isClosed: false };
}

/**
 * Shares the memory for batches between the streams. Nothing is promised that is not free: when the
 * database is slow nothing becomes free, and the agents keep their batches in their spools.
 */
export class CreditPool {
  readonly #limits: CollectorLimits;
  readonly #accounts = new Set<CreditAccount>();
  /** Held for streams that have ended. */
  #leftBytes = 0;

  constructor(limits: CollectorLimits) {
    this.#limits = limits;
  }

  open(): CreditAccount {
    const account = newAccount();
    this.#accounts.add(account);
    return account;
  }

  /** What it still holds is in memory until it is settled: nobody is promised that meanwhile. */
  close(account: CreditAccount): void {
    if (!this.#accounts.delete(account)) return;
    account.isClosed = true;
    this.#leftBytes += account.heldBytes;
  }

  hold(account: CreditAccount, bytes: number): void {
    account.openBatches -= 1;
    account.openBytes -= bytes;
    account.heldBatches += 1;
    account.heldBytes += bytes;
  }

  release(account: CreditAccount, bytes: number): void {
    account.heldBatches -= 1;
    account.heldBytes -= bytes;
    if (account.isClosed) this.#leftBytes -= bytes;
  }

  /** Promises the account what is missing to its share; undefined when that is too little to tell. */
  grant(account: CreditAccount): Credit | undefined {
    const { budgetBytes, minStreamBytes, maxStreamBytes, maxStreamBatches } = this.#limits;
    const freeBytes = budgetBytes - this.#leftBytes;
    if (freeBytes <= 0) return undefined;
    const equalShare = Math.floor(freeBytes / Math.max(1, this.#accounts.size));
    const shareBytes = Math.min(maxStreamBytes, Math.max(minStreamBytes, equalShare));
    const bytes = shareBytes - account.heldBytes - Math.max(0, account.openBytes);
    const batches = maxStreamBatches - account.heldBatches - account.openBatches;
    const isWorthIt =
      (bytes >= shareBytes / WORTH_A_MESSAGE && batches > 0) || batches >= maxStreamBatches / WORTH_A_MESSAGE;
    if (!isWorthIt && account.openBatches > 0 && account.openBytes > 0) return undefined;
    const credit = { batches: Math.max(0, batches), bytes: Math.max(0, bytes) };
    if (credit.batches === 0 && credit.bytes === 0) return undefined;
    account.openBatches += credit.batches;
    account.openBytes += credit.bytes;
    return credit;
  }
}
