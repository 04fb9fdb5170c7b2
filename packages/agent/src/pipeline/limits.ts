/** Bounds of the pipeline's memory and patience. Over each of them something is counted and dropped. */
export interface PipelineLimits {
  /** Connections that are followed at once. */
  readonly maxConnections: number;
  /** A connection without any event for this long is forgotten. */
  readonly idleConnectionNs: number;
  /** Bytes of one direction that wait behind a hole, or for the protocol to be recognised. */
  readonly maxHeldBytesPerStream: number;
  /** Bytes held by all connections together, parsers included. */
  readonly maxHeldBytesTotal: number;
  /** A hole that is not filled by then is lost. */
  readonly holePatienceNs: number;
  /** First bytes of a direction that the parsers look at. */
  readonly maxRecognitionBytes: number;
  /** Data events after which an unrecognised connection is given up. */
  readonly maxRecognitionEvents: number;
  /** A request without an end is `timed_out` after this. */
  readonly requestTimeoutNs: number;
  /** A request without an end is listed as open after this. */
  readonly openAfterNs: number;
  /** Open requests in one listing. */
  readonly maxListedOpenRequests: number;
  /** Rows of gaps between two ticks; over it they are summed without their connection. */
  readonly maxGapRowsPerTick: number;
}

const SECOND_NS = 1e9;

export const defaultPipelineLimits: PipelineLimits = {
  maxConnections: 65_536,
  idleConnectionNs: 3_600 * SECOND_NS,
  maxHeldBytesPerStream: 64 * 1024,
  maxHeldBytesTotal: 32 * 1024 * 1024,
  holePatienceNs: 0.1 * SECOND_NS,
  maxRecognitionBytes: 1024,
  maxRecognitionEvents: 32,
  requestTimeoutNs: 600 * SECOND_NS,
  openAfterNs: 5 * SECOND_NS,
  maxListedOpenRequests: 1_000,
  maxGapRowsPerTick: 4_096,
};
