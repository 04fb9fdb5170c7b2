/** Of a program that runs until it is told to stop. */
export interface Lifetime {
  readonly signal: AbortSignal;
  readonly isSupervised: boolean;
  /** Tells the supervisor, if there is one, that work can begin. */
  ready(facts: Readonly<Record<string, string | number>>): void;
  /** What the supervisor says later. */
  onMessage(listen: (message: unknown) => void): void;
  end(): void;
}

/**
 * SIGTERM stops it, Ctrl-C too. Under a supervisor the terminal's Ctrl-C reaches the whole group: then
 * only the supervisor acts on it, which stops its children in order; its death stops them as well.
 */
export function startLifetime(): Lifetime {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  const isSupervised = process.send !== undefined;
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  process.on('SIGINT', () => {
    if (!isSupervised) stop();
  });
  process.on('disconnect', stop);
  return {
    signal: stopping.signal,
    isSupervised,
    ready: (facts) => void process.send?.({ kind: 'ready', facts }),
    onMessage: (listen) => void process.on('message', listen),
    end() {
      if (process.connected) process.disconnect();
    },
  };
}

/** Resolves when the signal fires. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
