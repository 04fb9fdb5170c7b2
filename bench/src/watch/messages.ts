/** What the process with the collector's part says. */
export type ToParent =
  | { readonly kind: 'synced'; readonly seconds: number }
  | { readonly kind: 'message'; readonly base64: string }
  | { readonly kind: 'report'; readonly figures: CollectorReport };

export interface CollectorReport {
  readonly rssBytes: number;
  readonly maxRssBytes: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  readonly refused: number;
  readonly pods: number;
  readonly rows: number;
  readonly problems: number;
  readonly deltaBytes: number;
  readonly changes: number;
  readonly deltas: number;
}
