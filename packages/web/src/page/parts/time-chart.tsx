import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { changed, go } from '../state/location.ts';
import { clockOf, dayOf, shortTime } from '../state/time.ts';
import { useThemeCount } from '../state/use-theme.ts';

export interface ChartSeries {
  readonly title: string;
  /** Name of a colour among the style's tokens, such as `--accent`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly isFilled?: boolean;
  /** What the legend says, where what is drawn stands on top of another series. */
  readonly told?: readonly (number | null)[];
}

interface TimeChartProps {
  readonly title: string;
  /** Seconds since the Unix epoch. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  readonly heightPx?: number;
  /** Values far apart are told apart on this scale. */
  readonly isLogarithmic?: boolean;
  /** A bar for each step, where a curve would connect what is counted apart. */
  readonly isBars?: boolean;
}

/** Curves over time. What is marked with the mouse becomes the time range of the page. */
export function TimeChart(props: TimeChartProps) {
  const { title, series, heightPx = 180 } = props;
  const place = useRef<HTMLDivElement>(null);
  const themeCount = useThemeCount();
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (place.current !== null) observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (place.current === null || width === 0) return undefined;
    const plot = new uPlot(optionsOf(props, width, heightPx), dataOf(props), place.current);
    return () => plot.destroy();
  }, [props.times, props.series, width, heightPx, themeCount]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div
        class="plot"
        ref={place}
        role="img"
        aria-label={`${title}: ${series.map(summary(props.format)).join('; ')}`}
      />
    </figure>
  );
}

/** What the chart shows, in a sentence. */
const summary =
  (format: (value: number) => string) =>
  ({ title, values }: ChartSeries): string => {
    const known = values.filter((value): value is number => value !== null);
    if (known.length === 0) return `${title} unknown`;
    return `${title} from ${format(Math.min(...known))} to ${format(Math.max(...known))}`;
  };

function dataOf({ times, series }: TimeChartProps): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

function optionsOf(props: TimeChartProps, width: number, height: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--ink-quiet'),
    grid: { stroke: color('--line-faint'), width: 1 },
    ticks: { show: false },
  };
  const font = `11px ${style.getPropertyValue('--font')}`;
  const { format, isBars = false } = props;
  const paths = isBars ? uPlot.paths.bars?.({ size: [0.82, 60], align: 1 }) : undefined;
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    cursor: { sync: { key: 'page' }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    legend: { live: true },
    scales: { x: { time: true }, y: scaleOf(props) },
    axes: [
      { ...axis, font, size: 26, space: 80, values: timeLabels },
      {
        ...axis,
        font,
        size: 62,
        space: height < 140 ? 22 : 34,
        ...(props.isLogarithmic === true ? { filter: decades, grid: { ...axis.grid, filter: decades } } : {}),
        values: (_, splits) => splits.map((value) => (value === null ? '' : format(value))),
      },
    ],
    series: [
      { label: 'time', value: (_, seconds) => (seconds === null ? '–' : shortTime(seconds * 1_000)) },
      ...props.series.map(({ title, color: name, isFilled, told }) => ({
        label: title,
        stroke: color(name),
        width: isBars ? 0 : 1.75,
        ...(isFilled === true ? { fill: isBars ? color(name) : `${color(name)}22` } : {}),
        ...(paths === undefined ? {} : { paths }),
        points: { show: false },
        value: (_: uPlot, drawn: number | null, __: number, index: number | null) => {
          const value = told === undefined || index === null ? drawn : (told[index] ?? null);
          return value === null ? '–' : format(value);
        },
      })),
    ],
    hooks: { setSelect: [zoomTo] },
  };
}

function scaleOf({ isLogarithmic, series }: TimeChartProps): uPlot.Scale {
  const hasPositive = series.some(({ values }) => values.some((value) => value !== null && value > 0));
  if (isLogarithmic === true && hasPositive) return { distr: 3 };
  return { range: (_, __, most) => [0, Math.max(most * 1.08, 0.001)] };
}

/** As fine as the steps are: `19:39:40`, `19:39`, `11-25`. */
function timeLabels(...[, splits, , , stepSeconds]: [uPlot, number[], number, number, number]): string[] {
  return splits.map((seconds) => {
    const time = new Date(seconds * 1_000);
    const clock = clockOf(time);
    if (stepSeconds >= 86_400 || (stepSeconds >= 3_600 && clock === '00:00:00')) return dayOf(time).slice(5);
    return stepSeconds >= 60 ? clock.slice(0, 5) : clock;
  });
}

/** Of a logarithmic scale only the powers of ten are written. */
function decades(_: uPlot, splits: number[]): (number | null)[] {
  return splits.map((value) => (Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? value : null));
}

const LEAST_PIXELS = 6;

function zoomTo(plot: uPlot): void {
  const { left, width } = plot.select;
  if (width < LEAST_PIXELS) return;
  const at = (pixels: number): string => new Date(plot.posToVal(pixels, 'x') * 1_000).toISOString();
  go(changed({ from: at(left), to: at(left + width), every: undefined }));
}
