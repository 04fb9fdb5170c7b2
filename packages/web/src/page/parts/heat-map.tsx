import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChartSpec } from '@tomte/query';
import type { Row } from '../api/answer.ts';
import { formatCount, formatDuration } from '../format/value.ts';
import { toTimeRows } from '../data/time-rows.ts';
import { linkTo, type Query } from '../state/location.ts';
import type { Range } from '../state/range.tsx';
import { shortTime } from '../state/time.ts';
import { useThemeCount } from '../state/use-theme.ts';

interface HeatMapProps {
  readonly rows: readonly Row[];
  readonly chart: HeatChart;
  readonly range: Range;
  /** Filters of the requests that a cell stands for; without them a cell leads nowhere. */
  readonly filters?: readonly string[];
}
type HeatChart = Extract<ChartSpec, { readonly kind: 'heatmap' }>;

/** Rows of cells to each doubling of the duration. */
const LEVELS_PER_DOUBLING = 2;

const HEIGHT = 190;
const LEFT = 62;
const BOTTOM = 20;

interface Cell {
  readonly column: number;
  readonly level: number;
  readonly count: number;
}

/** Nanoseconds at which a level begins. */
const floorOf = (level: number): number => 2 ** ((level - 1) / LEVELS_PER_DOUBLING);

/** How many requests took how long: time to the right, duration upwards. A click leads to the requests of a cell. */
export function HeatMap({ rows, chart, range, filters }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [hovered, setHovered] = useState<Cell>();
  const themeCount = useThemeCount();
  const heat = useMemo(() => toHeat(rows, chart, range), [rows, chart, range]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (frame.current !== null) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, heat, width);
  }, [heat, width, themeCount]);
  const cellAt = (event: MouseEvent): Cell | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return undefined;
    const column = Math.floor(((event.clientX - box.left - LEFT) / (width - LEFT)) * heat.times.length);
    const fromBottom = (HEIGHT - BOTTOM - (event.clientY - box.top)) / (HEIGHT - BOTTOM);
    const level = heat.lowest + Math.floor(fromBottom * heat.levelCount);
    return heat.cells.find((cell) => cell.column === column && cell.level === level);
  };
  const open = (cell: Cell | undefined): void => {
    if (cell !== undefined && filters !== undefined)
      location.hash = linkTo('requests', queryOf(cell, heat, filters));
  };
  return (
    <figure class="chart heat">
      <figcaption>
        Durations{' '}
        <span class="quiet">
          {hovered === undefined ? 'each cell a number of requests' : describe(hovered, heat)}
        </span>
      </figcaption>
      <div ref={frame} class="plot">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Durations over time: ${formatCount(heat.total)} requests, from ${formatDuration(floorOf(heat.lowest))} to ${formatDuration(floorOf(heat.lowest + heat.levelCount))}`}
          onMouseMove={(event) => setHovered(cellAt(event))}
          onMouseLeave={() => setHovered(undefined)}
          onClick={(event) => open(cellAt(event))}
        />
      </div>
    </figure>
  );
}

interface Heat {
  readonly times: readonly number[];
  readonly cells: readonly Cell[];
  readonly lowest: number;
  readonly levelCount: number;
  readonly most: number;
  readonly total: number;
}

function toHeat(rows: readonly Row[], { time, upper, value }: HeatChart, range: Range): Heat {
  const grid = toTimeRows(rows, { time, series: '' }, range).times;
  const columnOf = new Map(grid.map((seconds, index) => [seconds, index]));
  const cells = rows.map((row) => ({
    column: columnOf.get(Math.round(Date.parse(String(row[time])) / 1_000)) ?? 0,
    level: Math.round(LEVELS_PER_DOUBLING * Math.log2(Math.max(1, Number(row[upper])))),
    count: Number(row[value]),
  }));
  const levels = cells.map(({ level }) => level);
  const lowest = levels.length === 0 ? 20 : Math.min(...levels) - 1;
  const highest = levels.length === 0 ? 60 : Math.max(...levels) + 1;
  return {
    times: grid,
    cells,
    lowest,
    levelCount: highest - lowest + 1,
    most: Math.max(1, ...cells.map(({ count }) => count)),
    total: cells.reduce((sum, { count }) => sum + count, 0),
  };
}

function draw(canvas: HTMLCanvasElement, heat: Heat, width: number): void {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${HEIGHT}px`;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const [cellWidth, cellHeight] = [(width - LEFT) / heat.times.length, (HEIGHT - BOTTOM) / heat.levelCount];
  context.fillStyle = color('--accent');
  for (const { column, level, count } of heat.cells) {
    context.globalAlpha = 0.14 + 0.86 * Math.sqrt(count / heat.most);
    const y = HEIGHT - BOTTOM - (level - heat.lowest + 1) * cellHeight;
    context.fillRect(
      LEFT + column * cellWidth,
      y,
      Math.max(1, cellWidth - 0.75),
      Math.max(1, cellHeight - 0.75),
    );
  }
  context.globalAlpha = 1;
  drawAxes(context, heat, { width, cellHeight, ink: color('--ink-quiet'), font: `11px ${color('--font')}` });
}

interface AxisStyle {
  readonly width: number;
  readonly cellHeight: number;
  readonly ink: string;
  readonly font: string;
}

function drawAxes(
  context: CanvasRenderingContext2D,
  heat: Heat,
  { width, cellHeight, ink, font }: AxisStyle,
): void {
  context.fillStyle = ink;
  context.font = font;
  context.textAlign = 'right';
  let lastY = HEIGHT;
  for (let exponent = 0; exponent < 14; exponent += 1) {
    const level = 1 + LEVELS_PER_DOUBLING * Math.log2(10 ** exponent);
    const y = HEIGHT - BOTTOM - (level - heat.lowest) * cellHeight;
    if (y < 6 || y > HEIGHT - BOTTOM || lastY - y < 14) continue;
    context.fillText(formatDuration(10 ** exponent), LEFT - 8, y + 4);
    lastY = y;
  }
  const count = Math.max(1, Math.floor((width - LEFT) / 110));
  context.textAlign = 'center';
  for (let index = 1; index < count; index += 1) {
    const column = Math.floor((heat.times.length * index) / count);
    const x = LEFT + (column / heat.times.length) * (width - LEFT);
    context.fillText(shortTime((heat.times[column] ?? 0) * 1_000).slice(-8), x, HEIGHT - 6);
  }
}

function describe({ column, level, count }: Cell, heat: Heat): string {
  const time = shortTime((heat.times[column] ?? 0) * 1_000);
  return `${formatCount(count)} requests of ${formatDuration(floorOf(level))} to ${formatDuration(floorOf(level + 1))}, ${time}`;
}

function queryOf({ column, level }: Cell, heat: Heat, filters: readonly string[]): Query {
  const start = heat.times[column] ?? 0;
  const durations = [
    `duration_ns.ge=${Math.floor(floorOf(level))}`,
    `duration_ns.lt=${Math.ceil(floorOf(level + 1))}`,
  ];
  return {
    from: new Date(start * 1_000).toISOString(),
    to: new Date((start + stepOf(heat)) * 1_000).toISOString(),
    every: undefined,
    f: [...filters, ...durations],
  };
}

function stepOf({ times }: Heat): number {
  const [first = 0, second = first + 1] = times;
  return second - first;
}
