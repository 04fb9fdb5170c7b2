import { useMemo, useState } from 'preact/hooks';
import { formatDuration, formatRate, formatRatio } from '../format/value.ts';
import { askedOf, type MapEdge, type MapGraph, type MapNode } from './graph-model.ts';
import type { Layout, Point } from './layout.ts';
import { useLayout } from './use-layout.ts';
import { useViewBox } from './use-view-box.ts';

interface DrawingProps {
  readonly graph: MapGraph;
  /** Where a node leads; without it nowhere. */
  readonly hrefOf?: (node: MapNode) => string;
  /** How a weight is written; as a rate of requests if nothing is said. */
  readonly write?: (value: number) => string;
}

const NODE_HEIGHT = 44;
const MAX_LABEL = 26;

/** Room for its name, and for its rate and errors below. */
const widthOf = ({ label }: MapNode): number => Math.max(152, Math.min(MAX_LABEL, label.length) * 7.4 + 36);

/** The map: what asks stands left of what is asked; a thick line is busy, a red one fails. */
export function Drawing({ graph, hrefOf, write = formatRate }: DrawingProps) {
  const question = useMemo(
    () => ({
      nodes: graph.nodes.map((node) => ({ id: node.id, width: widthOf(node), height: NODE_HEIGHT })),
      edges: graph.edges.map(({ from, to }) => [from, to] as const),
    }),
    [graph],
  );
  const layout = useLayout(question);
  if (layout === undefined) return <div class="map-place" aria-busy="true" />;
  return <Placed {...{ graph, layout, write }} {...(hrefOf === undefined ? {} : { hrefOf })} />;
}

interface PlacedProps extends DrawingProps {
  readonly layout: Layout;
  readonly write: (value: number) => string;
}

function Placed({ graph, hrefOf, layout, write }: PlacedProps) {
  const { svg, box, drag, fit, zoomIn, zoomOut } = useViewBox(layout.width, layout.height);
  const [focused, setFocused] = useState<string>();
  const near = useMemo(() => neighboursOf(focused, graph.edges), [focused, graph]);
  const mostRate = Math.max(...graph.edges.map(({ requestsPerSecond }) => requestsPerSecond), 1e-9);
  const shown = graph.nodes.filter(({ id }) => id in layout.nodes);
  return (
    <div class="map-place">
      <svg
        ref={svg}
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        role="group"
        aria-label={`Map of ${graph.nodes.length} nodes and ${graph.edges.length} edges`}
        onPointerDown={drag}
      >
        {graph.edges.map((edge, index) => (
          <Edge
            key={`${edge.from} ${edge.to}`}
            edge={edge}
            points={layout.edges[index] ?? []}
            part={edge.requestsPerSecond / mostRate}
            write={write}
            isDim={near !== undefined && edge.from !== focused && edge.to !== focused}
          />
        ))}
        {shown.map((node) => (
          <Node
            key={node.id}
            node={node}
            at={layout.nodes[node.id] ?? { x: 0, y: 0 }}
            asked={askedOf(node.id, graph.edges)}
            href={hrefOf?.(node)}
            write={write}
            isDim={near !== undefined && !near.has(node.id)}
            onFocus={setFocused}
          />
        ))}
      </svg>
      <div class="map-tools">
        <button class="square" aria-label="Closer" onClick={zoomIn}>
          +
        </button>
        <button class="square" aria-label="Farther" onClick={zoomOut}>
          −
        </button>
        <button onClick={fit}>All</button>
      </div>
    </div>
  );
}

function neighboursOf(id: string | undefined, edges: readonly MapEdge[]): ReadonlySet<string> | undefined {
  if (id === undefined) return undefined;
  return new Set([id, ...edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []))]);
}

interface NodeProps {
  readonly node: MapNode;
  readonly at: Point;
  readonly asked: { readonly rate: number; readonly errorRatio: number };
  readonly href: string | undefined;
  readonly write: (value: number) => string;
  readonly isDim: boolean;
  readonly onFocus: (id: string | undefined) => void;
}

function Node({ node, at, asked, href, write, isDim, onFocus }: NodeProps) {
  const width = widthOf(node);
  const [x, y] = [at.x - width / 2, at.y - NODE_HEIGHT / 2];
  const label = node.label.length > MAX_LABEL ? `${node.label.slice(0, MAX_LABEL - 1)}…` : node.label;
  const members =
    node.memberCount > 1 || !node.id.includes('/') ? `${node.memberCount} services` : node.namespace;
  const facts =
    asked.rate === 0
      ? 'asks only'
      : `${write(asked.rate)}${asked.errorRatio > 0 ? ` · ${formatRatio(asked.errorRatio)} failed` : ''}`;
  return (
    <a
      class={`node${asked.errorRatio > 0.01 ? ' failing' : ''}${node.id.includes('/') ? '' : ' group'}${isDim ? ' dim' : ''}`}
      href={href}
      aria-label={`${node.label} ${facts}${members === '' ? '' : `, ${members}`}`}
      onMouseEnter={() => onFocus(node.id)}
      onMouseLeave={() => onFocus(undefined)}
      onFocus={() => onFocus(node.id)}
      onBlur={() => onFocus(undefined)}
    >
      {!node.id.includes('/') && (
        <rect class="behind" x={x + 4} y={y + 4} width={width} height={NODE_HEIGHT} rx="8" />
      )}
      <rect x={x} y={y} width={width} height={NODE_HEIGHT} rx="8" />
      <text x={x + 12} y={y + 18}>
        {label}
      </text>{' '}
      <text class="facts" x={x + 12} y={y + 34}>
        {facts}
      </text>
    </a>
  );
}

interface EdgeProps {
  readonly edge: MapEdge;
  readonly points: readonly Point[];
  /** Of the busiest. */
  readonly part: number;
  readonly write: (value: number) => string;
  readonly isDim: boolean;
}

function Edge({ edge, points, part, write, isDim }: EdgeProps) {
  const ratio = edge.errorCount / Math.max(1, edge.requestCount);
  const [last, before] = [points.at(-1), points.at(-2)];
  const words = `${edge.from} → ${edge.to}: ${write(edge.requestsPerSecond)}, ${formatRatio(ratio)} failed${edge.p99Ns === null ? '' : `, p99 ${formatDuration(edge.p99Ns)}`}`;
  return (
    <g class={`edge${ratio > 0.01 ? ' failing' : ''}${isDim ? ' dim' : ''}`}>
      <title>{words}</title>
      <path class="line" d={curve(points)} stroke-width={(1 + 5 * Math.sqrt(part)).toFixed(2)} />
      {last !== undefined && before !== undefined && <path class="head" d={arrow(before, last)} />}
    </g>
  );
}

/** Through the bends without corners. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  for (let index = 0; index < rest.length; index += 1) {
    const [here, next] = [rest[index], rest[index + 1]];
    if (here === undefined) break;
    path +=
      next === undefined
        ? `L${here.x} ${here.y}`
        : `Q${here.x} ${here.y} ${(here.x + next.x) / 2} ${(here.y + next.y) / 2}`;
  }
  return path;
}

function arrow(from: Point, to: Point): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const at = (turn: number): string =>
    `${(to.x - 9 * Math.cos(angle + turn)).toFixed(1)} ${(to.y - 9 * Math.sin(angle + turn)).toFixed(1)}`;
  return `M${to.x} ${to.y}L${at(0.4)}L${at(-0.4)}Z`;
}
