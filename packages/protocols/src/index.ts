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
