interface MeterProps {
  readonly text: string;
  /** Length of the bar, from 0 to 1. */
  readonly part: number;
  readonly kind?: 'plain' | 'bad' | 'slow';
}

/** A number with a bar below it: rows can be compared at a glance. */
export function Meter({ text, part, kind = 'plain' }: MeterProps) {
  const width = Number.isFinite(part) ? Math.min(100, Math.max(0, part * 100)) : 0;
  return (
    <span class={`meter ${kind}`}>
      <span>{text}</span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${width.toFixed(1)}%` }} />
      </span>
    </span>
  );
}
