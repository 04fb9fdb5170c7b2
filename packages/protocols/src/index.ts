export type {
  ConnectionParser,
  Decompress,
  Exchange,
  ExchangeSink,
  GapReason,
  ParserLimits,
  ParserLoss,
  ParserOptions,
  ProtocolParser,
  Recognition,
  Side,
  StreamEnd,
} from './contract.ts';
export { http } from './http/index.ts';
export { readTraceContext } from './http/trace-context.ts';
export type { TraceContext } from './http/trace-context.ts';
export { parsers } from './registry.ts';
