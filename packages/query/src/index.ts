export { compileAgentsInRange, compileLostInRange } from './completeness-sql.ts';
export { parity } from './parity.ts';
export type { ParityEntry } from './parity.ts';
export { parseDurationNs, parseSizeBytes } from './quantity.ts';
export { compileCompletion, parseCompletion } from './complete-sql.ts';
export type { Completion } from './complete-sql.ts';
export { filterOperators } from './filter.ts';
export type { ColumnFilter, ExpressionFilter, Filter, FilterExpression, FilterOperator } from './filter.ts';
export { parseExpression } from './filter-language/parse-expression.ts';
export type { ExpressionContext } from './filter-language/parse-expression.ts';
export { PositionedError } from './filter-language/positioned-error.ts';
export type { TextPosition } from './filter-language/positioned-error.ts';
export { filterParser } from './gen/filter-parser.ts';
export type { OutputColumn, OutputColumns } from './output-column.ts';
export { queryErrorCodes } from './query-error.ts';
export type { QueryErrorCode } from './query-error.ts';
export {
  commonParameters,
  compileQuestion,
  findView,
  restOfRange,
  sourceOf,
  nextCursor,
  parseQuestion,
} from './question.ts';
export type { CompiledQuestion, Question, QuestionParameters } from './question.ts';
export { rangePieces } from './range-pieces.ts';
export { compileRequestById } from './request-by-id.ts';
export type { Statement } from './request-by-id.ts';
export { parseRequestId } from './request-id.ts';
export type { RequestId } from './request-id.ts';
export { compileCountOfBatches, compileNewBatches, compileRowsOfBatches } from './tail-sql.ts';
export type { BatchName } from './tail-sql.ts';
export { formatTime, parseRange, parseTime } from './time-range.ts';
export type { TimeRange } from './time-range.ts';
export { defineView } from './view.ts';
export type { AnswerSource, AnyView, ChartSpec, KeyPart, Order, ViewDefinition, ViewLink } from './view.ts';
export type { ViewParam, ViewParams } from './view-param.ts';
export { views } from './views/index.ts';
export { keyColumn } from './where.ts';
export { type Cell, samplesOfCells } from './metrics/cells.ts';
export { GRID_SECONDS, gridSpan, type GridSpan, STALE_STEPS, stepStartNs } from './metrics/grid.ts';
export { metricNames, metrics } from './metrics/index.ts';
export type { MetricFamily, MetricName } from './metrics/metric.ts';
export {
  bucketLabels,
  cellsColumn,
  compileCells,
  compileLabels,
  labelColumn,
  type LabelCondition,
  type SeriesQuestion,
} from './metrics/series-sql.ts';
