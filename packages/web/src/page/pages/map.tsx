import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Row } from '../api/answer.ts';
import { useView } from '../api/use-answer.ts';
import { formatCount } from '../format/value.ts';
import { Drawing } from '../map/drawing.tsx';
import { areFew, type MapGraph, type MapNode, toGraph } from '../map/graph-model.ts';
import { CompletenessBadge } from '../parts/completeness.tsx';
import { Search } from '../parts/search.tsx';
import { Empty, Loading, NoRequests, ProblemBox } from '../parts/states.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { changed, go, linkTo, usePlace } from '../state/location.ts';
import { useRange } from '../state/range.tsx';

const MAX_ROWS = 10_000;

/** Who asks whom. Many services are drawn by namespace; a namespace opens when it is clicked. */
export function ServiceMap() {
  const range = useRange();
  const answer = useView('edges', { limit: MAX_ROWS }, range);
  if (answer.error !== null)
    return <ProblemBox thrown={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Loading rows={12} />;
  if (answer.data.data.length === 0) return <NoRequests />;
  return (
    <section class="panel-box map">
      <Chosen rows={answer.data.data} badge={<CompletenessBadge completeness={answer.data.completeness} />} />
    </section>
  );
}

function Chosen({ rows, badge }: { readonly rows: readonly Row[]; readonly badge: ComponentChildren }) {
  const { query } = usePlace();
  const open = query.getAll('open');
  const isAll = open.includes('*') || (open.length === 0 && areFew(rows));
  const [wanted, isFailing] = [query.get('q') ?? '', query.get('failing') === '1'];
  const graph = useMemo(
    () => toGraph(rows, { open: isAll ? 'all' : new Set(open), wanted, isFailing }),
    [rows, isAll, open.join(' '), wanted, isFailing],
  );
  return (
    <>
      <header>
        <h2>
          {formatCount(graph.serviceCount)} services <small>{wordsOf(graph)}</small>
        </h2>
        <Toggle
          label="By namespace"
          isOn={!isAll}
          onChange={(on) => go(changed({ open: on ? ['-'] : ['*'] }), 'replace')}
        />
        <Toggle
          label="Failing only"
          isOn={isFailing}
          onChange={(on) => go(changed({ failing: on ? '1' : undefined }), 'replace')}
        />
        <Search label="Find a service" />
        {badge}
      </header>
      {graph.edges.length === 0 ? (
        <Empty title="Nothing on the map is like that" />
      ) : (
        <Drawing graph={graph} hrefOf={(node) => hrefOf(node, open)} />
      )}
      <Table
        label="Edges"
        columns={columns}
        rows={rowsOf(graph)}
        sort={query.get('sort') ?? undefined}
        onSort={(sort) => go(changed({ sort }), 'replace')}
      />
    </>
  );
}

function wordsOf({ nodes, edges, hiddenEdgeCount }: MapGraph): string {
  const drawn = `${nodes.length} nodes, ${edges.length} edges drawn`;
  return hiddenEdgeCount === 0 ? drawn : `${drawn}, ${formatCount(hiddenEdgeCount)} quieter ones left out`;
}

/** A namespace opens into its services, a service leads to its page. */
function hrefOf(node: MapNode, open: readonly string[]): string {
  if (node.id.includes('/')) return linkTo('service', { name: node.label, namespace: node.namespace });
  return changed({ open: [...open.filter((name) => name !== '-'), node.namespace] });
}

function Toggle({
  label,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <label class="toggle">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {label}
    </label>
  );
}

const number = (semantic: 'duration' | 'ratio' | 'count', meaning: string) =>
  ({ semantic, json: 'number', meaning }) as const;

const columns: readonly TableColumn[] = [
  { name: 'from', title: 'Who asks', isWide: true },
  { name: 'to', title: 'Who is asked', isWide: true },
  { name: 'rate', title: 'Requests /s', shape: number('count', 'Requests by second.') },
  { name: 'error_ratio', title: 'Errors', shape: number('ratio', 'Answers 5xx, aborted, timed out.') },
  {
    name: 'p99',
    title: 'p99',
    shape: number('duration', 'Of the slowest, where an edge stands for several.'),
  },
];

/** The same as the drawing, to be read and sorted. */
function rowsOf({ edges }: MapGraph): readonly Row[] {
  return edges.map(({ from, to, requestsPerSecond, requestCount, errorCount, p99Ns }) => ({
    from: from.replace(/^\//, ''),
    to: to.replace(/^\//, ''),
    rate: requestsPerSecond,
    error_ratio: errorCount / Math.max(1, requestCount),
    p99: p99Ns,
  }));
}
