/** Where the lines of a block end, found once and used twice. As many as the block has bytes, at most. */
export class LineFeeds {
  readonly positions: number[] = [];
  count = 0;

  clear(): void {
    this.count = 0;
  }

  add(position: number): void {
    this.positions[this.count] = position;
    this.count += 1;
  }
}
