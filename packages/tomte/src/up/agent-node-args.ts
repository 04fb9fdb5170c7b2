/**
 * What the agent allocates lives for milliseconds: a small nursery, and old objects collected once a third has come to
 * them, or V8 waits until there is twice as much. No threads that only help to collect: they cost more than they save.
 */
export const AGENT_NODE_ARGS = [
  '--max-semi-space-size=2',
  '--single-threaded-gc',
  '--optimize-for-size',
  '--heap-growing-percent=30',
];

/** glibc gives each thread a heap of its own: those of V8's compiling threads held 25 MiB that nobody used. */
export const AGENT_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' };
