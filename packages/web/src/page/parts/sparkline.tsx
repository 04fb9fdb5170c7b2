interface SparklineProps {
  readonly values: readonly number[];
  readonly errors?: readonly number[];
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 26;

/** A curve without axes: the shape of the rate, and of its errors. */
export function Sparkline({ values, errors = [], label }: SparklineProps) {
  const most = Math.max(...values, 0);
  if (most === 0)
    return (
      <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${label}: nothing`} />
    );
  const line = curve(values, most);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} />
      <path class="line" d={line} />
      {errors.some((value) => value > 0) && <path class="line bad" d={curve(errors, most)} />}
    </svg>
  );
}

function curve(values: readonly number[], most: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, index) => {
      const y = HEIGHT - 1.5 - (value / most) * (HEIGHT - 4);
      return `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
