import type { Clock } from '@tomte/kit';
import type { ApiClient } from '../api/api-client.ts';
import { K8sError } from '../api/errors.ts';
import { listAt, numberAt, objectAt, textAt } from '../objects/json.ts';
import { Backoff } from './backoff.ts';
import { JsonLines } from './json-lines.ts';
import type { Turns } from './turns.ts';

/** Objects a page of a list: what is read of one is gone before it grows old, which keeps the heap small. */
const PAGE_OBJECTS = 100;
/** Watches end after five to ten minutes, and so move on to new servers. */
const DEFAULT_WATCH_SECONDS = 300;
/** Bookmarks come once a minute; a watch that is silent for longer than two is dead. */
const MAX_SILENCE_MS = 150_000;
const GONE = 410;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
/** Neither a role nor a custom kind comes by itself. */
const REFUSED_WAIT_MS = 60_000;

/** What a watch is told, in order. */
export interface WatchHandler {
  /** Added or changed, or named by a list. */
  put(object: unknown): void;
  /** @param object as it was last */
  remove(object: unknown): void;
  /** A list has named all there are: what has another uid is gone. */
  keepOnly(uids: ReadonlySet<string>): void;
}

export interface ReflectorOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** Chance, from 0 to below 1. */
  readonly random: () => number;
  /** Of the collection, such as `/api/v1/pods`. */
  readonly path: string;
  readonly fieldSelector?: string;
  /** Asks for metadata only: owners of owners need no more. */
  readonly isMetadataOnly?: boolean;
  /** Lists what the server has in memory, in one page: for the few objects of one node. */
  readonly isListFromMemory?: boolean;
  /** The server ends a watch after one to two times as long; default 300, as for client-go. */
  readonly watchSeconds?: number;
  /** Lists take turns: so the memory of one at a time is needed. */
  readonly turns?: Turns;
  readonly handler: WatchHandler;
  /** Done before each list; where it throws there is none, and it is tried again. */
  readonly beforeList?: (signal: AbortSignal) => Promise<void>;
  /** The list has come for the first time, or is refused: there is no such kind, or we may not see it. */
  readonly onSettled: () => void;
  /** Each failed try, of what stays refused the first; it is tried again. */
  readonly onProblem: (problem: K8sError) => void;
}

const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/**
 * Lists a collection and watches it from there, for ever: bookmarks move the place from which a broken watch goes on;
 * where that is too old (410) it lists again. While the server is away nothing is forgotten.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #backoff: Backoff;
  readonly #abort = new AbortController();
  #resourceVersion = '';
  #cancelWait: () => void = () => undefined;
  #isSynced = false;
  #isCurrent = false;
  #isRefused = false;
  #listCount = 0;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    void this.#run();
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Whether it can be told what there is: the list has come, or never will. */
  get isSettled(): boolean {
    return this.#isSynced || this.#isRefused;
  }

  /** From where a watch that breaks goes on. */
  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  /** Whether a watch runs, so that what was told is as new as the server is. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get listCount(): number {
    return this.#listCount;
  }

  close(): void {
    this.#abort.abort();
    this.#cancelWait();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        if (this.#resourceVersion === '') await this.#listInTurn();
        await this.#watch();
      } catch (thrown) {
        if (this.#abort.signal.aborted) return;
        await this.#recover(thrown);
      } finally {
        this.#isCurrent = false;
      }
    }
  }

  async #recover(thrown: unknown): Promise<void> {
    const problem =
      thrown instanceof K8sError
        ? thrown
        : new K8sError('K8S_API_FAILED', `an answer cannot be read: ${String(thrown)}`, { cause: thrown });
    if (problem.status === GONE) this.#resourceVersion = '';
    const isRefused = problem.status === FORBIDDEN || problem.status === NOT_FOUND;
    if (!isRefused || !this.#isRefused) this.#options.onProblem(problem);
    const wasSettled = this.isSettled;
    this.#isRefused = isRefused;
    if (isRefused && !wasSettled) this.#options.onSettled();
    const atLeastMs = isRefused ? REFUSED_WAIT_MS : problem.retryAfterSeconds * 1_000;
    await this.#wait(this.#backoff.next(atLeastMs));
  }

  #listInTurn(): Promise<void> {
    const { turns } = this.#options;
    return turns === undefined ? this.#list() : turns.take(() => this.#list());
  }

  async #list(): Promise<void> {
    const { client, handler, isMetadataOnly, beforeList } = this.#options;
    await beforeList?.(this.#abort.signal);
    const accept = isMetadataOnly === true ? metadataList : undefined;
    const uids = new Set<string>();
    this.#listCount += 1;
    let from = '';
    let resourceVersion = '';
    do {
      const answer = await client.getJson({ ...this.#ask(this.#listQuery(from)), ...(accept && { accept }) });
      for (const object of listAt(answer, 'items')) {
        uids.add(textAt(objectAt(object, 'metadata'), 'uid'));
        handler.put(object);
      }
      const metadata = objectAt(answer, 'metadata');
      from = textAt(metadata, 'continue');
      resourceVersion = textAt(metadata, 'resourceVersion');
    } while (from !== '');
    handler.keepOnly(uids);
    this.#resourceVersion = resourceVersion;
    const wasSettled = this.isSettled;
    this.#isSynced = true;
    this.#isRefused = false;
    if (!wasSettled) this.#options.onSettled();
  }

  async #watch(): Promise<void> {
    const { client, random, isMetadataOnly, watchSeconds = DEFAULT_WATCH_SECONDS } = this.#options;
    const lines = new JsonLines();
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.#resourceVersion,
      timeoutSeconds: String(Math.round(watchSeconds * (1 + random()))),
    };
    const ask = { ...this.#ask(query), ...(isMetadataOnly === true && { accept: metadataOnly }) };
    const opened = (): void => {
      this.#isCurrent = true;
    };
    const before = this.#resourceVersion;
    await client.stream(ask, { silenceMs: MAX_SILENCE_MS, opened }, (chunk) =>
      lines.push(chunk, (event) => this.#receive(event)),
    );
    if (this.#resourceVersion !== before) this.#backoff.reset();
    else await this.#wait(this.#backoff.next()); // A server that ends watches at once is not asked again at once.
  }

  #receive(event: unknown): void {
    const object = objectAt(event, 'object');
    const type = textAt(event, 'type');
    if (type === 'ERROR') {
      const status = numberAt(object, 'code');
      throw new K8sError('K8S_API_FAILED', `the watch ends: ${textAt(object, 'message')}`, { status });
    }
    if (type === 'ADDED' || type === 'MODIFIED') this.#options.handler.put(object);
    else if (type === 'DELETED') this.#options.handler.remove(object);
    const resourceVersion = textAt(objectAt(object, 'metadata'), 'resourceVersion');
    if (resourceVersion !== '') this.#resourceVersion = resourceVersion;
  }

  #listQuery(from: string): Record<string, string> {
    if (this.#options.isListFromMemory === true) return { resourceVersion: '0' };
    return { limit: String(PAGE_OBJECTS), ...(from !== '' && { continue: from }) };
  }

  #ask(query: Readonly<Record<string, string>>): { path: string; signal: AbortSignal } {
    const { path, fieldSelector } = this.#options;
    const params = new URLSearchParams({ ...query, ...(fieldSelector !== undefined && { fieldSelector }) });
    return { path: `${path}?${params.toString()}`, signal: this.#abort.signal };
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#cancelWait = () => {
        cancel();
        resolve();
      };
    });
  }
}
