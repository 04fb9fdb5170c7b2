import type { Row } from '../api/answer.ts';
import { stepsOf } from '../data/red.ts';
import { formatCount } from '../format/value.ts';
import type { Range } from '../state/range.tsx';
import { TimeChart } from './time-chart.tsx';

interface VolumeChartProps {
  readonly rows: readonly Row[];
  readonly range: Range;
  readonly stepSeconds: number;
}

/** How many requests, and how they ended, over time. */
export function VolumeChart({ rows, range, stepSeconds }: VolumeChartProps) {
  const byTime = new Map(rows.map((row) => [Number(row['t']), row]));
  const times = stepsOf(range, stepSeconds);
  const of = (name: string): number[] => times.map((time) => Number(byTime.get(time)?.[name] ?? 0));
  const [errors, clientErrors] = [of('errors'), of('client_errors')];
  const above = clientErrors.map((count, index) => count + (errors[index] ?? 0));
  return (
    <TimeChart
      title={`Requests each ${stepSeconds} s`}
      times={times}
      heightPx={110}
      isBars
      format={formatCount}
      series={[
        { title: 'all', color: '--accent', values: of('n'), isFilled: true },
        { title: '4xx', color: '--warn', values: above, told: clientErrors, isFilled: true },
        { title: 'failed', color: '--bad', values: errors, isFilled: true },
      ]}
    />
  );
}
