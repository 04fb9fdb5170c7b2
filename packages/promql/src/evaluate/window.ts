/** The samples of one series in one range: those from `low` to before `high`. Never empty. */
export interface Window {
  timesMs: Float64Array;
  values: Float64Array;
  low: number;
  high: number;
  /** Bounds of the range, the start not in it. */
  fromMs: number;
  toMs: number;
  /** The time of evaluation, which an offset does not move. */
  timeMs: number;
  /** The scalar argument, where there is one. */
  argument: number;
}
