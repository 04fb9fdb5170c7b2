interface Ranked {
  readonly member: number;
  readonly value: number;
}

/** Whether a value is the first to go: NaN before any other. */
type IsWorse = (value: number, than: number) => boolean;

const isLess: IsWorse = (value, than) => Number.isNaN(value) || value < than;
const isMore: IsWorse = (value, than) => Number.isNaN(value) || value > than;

/**
 * The `count` greatest (or smallest) values, the best first. Of equal ones those stay that stay in Prometheus: it keeps
 * them in a binary heap, so the same heap is here.
 */
export function bestOf(
  values: readonly Ranked[],
  count: number,
  wants: 'greatest' | 'smallest',
): readonly Ranked[] {
  const isWorse = wants === 'greatest' ? isLess : isMore;
  const heap: Ranked[] = [];
  for (const one of values) {
    const worst = heap[0];
    if (heap.length < count) push(heap, one, isWorse);
    else if (
      worst !== undefined &&
      isWorse(worst.value, one.value) &&
      !(Number.isNaN(worst.value) && Number.isNaN(one.value))
    ) {
      heap[0] = one;
      sink(heap, isWorse);
    }
  }
  return heap.sort((a, b) => order(a.value, b.value, isWorse));
}

function order(a: number, b: number, isWorse: IsWorse): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  if (isWorse(b, a)) return -1;
  return isWorse(a, b) ? 1 : 0;
}

function swap(heap: Ranked[], a: number, b: number): void {
  const [one, other] = [heap[a], heap[b]];
  if (one === undefined || other === undefined) return;
  heap[a] = other;
  heap[b] = one;
}

function valueAt(heap: readonly Ranked[], index: number): number {
  return heap[index]?.value ?? NaN;
}

function push(heap: Ranked[], one: Ranked, isWorse: IsWorse): void {
  heap.push(one);
  for (let index = heap.length - 1; index > 0;) {
    const parent = Math.floor((index - 1) / 2);
    if (!isWorse(valueAt(heap, index), valueAt(heap, parent))) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function sink(heap: Ranked[], isWorse: IsWorse): void {
  for (let index = 0; ;) {
    const left = 2 * index + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const isRight = right < heap.length && isWorse(valueAt(heap, right), valueAt(heap, left));
    const child = isRight ? right : left;
    if (!isWorse(valueAt(heap, child), valueAt(heap, index))) return;
    swap(heap, index, child);
    index = child;
  }
}
