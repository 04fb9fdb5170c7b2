/**
 * What the agent allocates lives for milliseconds. With V8's own nursery of 16 MiB its memory settled at
 * 166 MiB under 1,500 requests a second, over its budget of 150, and the governor shed for ever.
 */
export const AGENT_NODE_ARGS = ['--max-semi-space-size=2', '--single-threaded-gc'];
