import { Graph, layout } from '@dagrejs/dagre';
import type { Layout, LayoutQuestion, Point } from './layout.ts';

/** Places what asks left of what is asked; beside the page's own thread, since it may take a second. */
self.addEventListener('message', ({ data }: MessageEvent<LayoutQuestion>) => {
  self.postMessage(place(data));
});

function place({ number, nodes, edges }: LayoutQuestion): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 90, edgesep: 10, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  edges.forEach(([from, to], index) => graph.setEdge(from, to, {}, String(index)));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const placed = nodes.map(({ id }) => {
    const { x = 0, y = 0 } = graph.node(id);
    return [id, { x, y }] as const;
  });
  return {
    number,
    width,
    height,
    nodes: Object.fromEntries(placed),
    edges: edges.map(([from, to], index) => {
      const points: readonly Point[] = graph.edge(from, to, String(index))?.points ?? [];
      return points.map(({ x, y }) => ({ x, y }));
    }),
  };
}
