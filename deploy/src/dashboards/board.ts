import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type BoardName, boardUids, headLinks, TAG } from './links.ts';
import type { PanelBuilder } from './panels.ts';
import { datasourceVariable, labelVariable, type LabelVariable, pageVariable } from './variables.ts';

export interface Board {
  readonly name: BoardName;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly LabelVariable[];
  readonly rows: readonly BoardRow[];
}

export interface BoardRow {
  readonly title: string;
  readonly panels: readonly PanelBuilder[];
}

/** What Grafana imports: equal each time that it is made. */
export function buildBoard(board: Board): Dashboard {
  const builder = new DashboardBuilder(`Tomte / ${board.title}`)
    .uid(boardUids[board.name])
    .description(board.description)
    .tags([TAG])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .links([...headLinks()])
    .variables([datasourceVariable(), ...board.variables.map(labelVariable), pageVariable()]);
  for (const row of board.rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  return settled(builder.build());
}

/**
 * Panels have ids, or Grafana would number them anew at each import and break links to them. Links stand in the head.
 * Variables have what Grafana's schema gives them: the builder writes an interval's properties into each.
 */
function settled(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  const links = (dashboard.links ?? []).map(({ placement: _, ...link }) => link);
  const list = (dashboard.templating?.list ?? []).map(
    ({ auto: _, auto_min: _least, auto_count: _count, ...variable }) => variable,
  );
  return { ...dashboard, panels, links, templating: { list } };
}
