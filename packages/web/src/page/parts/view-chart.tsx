import { lazy, Suspense } from 'preact/compat';
import type { Row, ViewDescription } from '../api/answer.ts';
import { isRate, linesOf, MAX_LINES, toTimeRows } from '../data/time-rows.ts';
import { formatRate, formatValue } from '../format/value.ts';
import type { Range } from '../state/range.tsx';
import { Bars } from './bars.tsx';
import { Columns } from './columns.tsx';
import { Loading } from './states.tsx';
import { titleOfColumn } from './view-link.ts';

const TimeChart = lazy(async () => (await import('./time-chart.tsx')).TimeChart);
const HeatMap = lazy(async () => (await import('./heat-map.tsx')).HeatMap);
const Graph = lazy(async () => (await import('./graph.tsx')).Graph);

interface ViewChartProps {
  readonly view: ViewDescription;
  readonly rows: readonly Row[];
  readonly range: Range;
}

/** The chart that a view declares. */
export function ViewChart(props: ViewChartProps) {
  if (props.rows.length === 0 || props.view.chart.kind === 'table') return null;
  return (
    <div class="view-chart">
      <Suspense fallback={<Loading rows={5} />}>
        <Drawn {...props} />
      </Suspense>
    </div>
  );
}

function Drawn({ view, rows, range }: ViewChartProps) {
  const { chart, columns } = view;
  const write = (column: string) => (value: number) =>
    isRate(column, columns) ? formatRate(value) : formatValue(value, columns[column]);
  switch (chart.kind) {
    case 'table':
      return null;
    case 'bars':
      return (
        <Bars
          rows={rows}
          label={chart.label}
          value={chart.value}
          title={titleOfColumn(chart.value, columns)}
          write={write(chart.value)}
        />
      );
    case 'histogram':
      return (
        <Columns
          rows={rows}
          upper={chart.upper}
          value={chart.value}
          title={titleOfColumn(chart.value, columns)}
          write={write(chart.upper)}
        />
      );
    case 'heatmap':
      return <HeatMap rows={rows} chart={chart} range={range} />;
    case 'graph':
      return (
        <Graph
          rows={rows}
          from={chart.from}
          to={chart.to}
          weight={chart.weight}
          write={write(chart.weight)}
        />
      );
    case 'timeseries': {
      const timeRows = toTimeRows(rows, chart, range);
      return (
        <>
          <div class="charts">
            {chart.values.map((column) => (
              <TimeChart
                key={column}
                title={titleOfColumn(column, columns)}
                times={timeRows.times}
                format={write(column)}
                series={linesOf(timeRows, column)}
              />
            ))}
          </div>
          {timeRows.names.length > MAX_LINES && (
            <p class="quiet">
              The {MAX_LINES} largest of {timeRows.names.length} lines are drawn; the table has all.
            </p>
          )}
        </>
      );
    }
  }
}
