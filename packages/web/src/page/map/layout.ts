/** What is to be placed: sizes of nodes by id, and who is connected with whom. */
export interface LayoutQuestion {
  readonly number: number;
  readonly nodes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Centres of nodes, and the bends of each edge in the order in which they were given. */
export interface Layout {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly nodes: Readonly<Record<string, Point>>;
  readonly edges: readonly (readonly Point[])[];
}
