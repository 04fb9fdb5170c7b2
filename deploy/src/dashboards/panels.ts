import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type {
  DashboardLinkBuilder,
  DynamicConfigValue,
  Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { PanelBuilder as HeatMapBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { datasource } from './variables.ts';

/** Units as Grafana calls them. */
export type Unit = 'reqps' | 'percentunit' | 's' | 'Bps' | 'bytes' | 'short' | 'cps' | 'ops' | 'none';

/** Grafana's grid is 24 wide. */
const WIDTH = { third: 8, half: 12, full: 24, sixth: 4 } as const;
const CHART_HEIGHT = 8;
const STAT_HEIGHT = 4;

interface PanelSpec {
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  readonly width: keyof typeof WIDTH;
}

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface ChartSpec extends PanelSpec {
  readonly queries: readonly Query[];
  readonly links?: readonly DashboardLinkBuilder[];
  readonly isStacked?: boolean;
}

export type PanelBuilder = Builder<Panel>;

function target(refId: string, expr: string): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId)
    .expr(expr)
    .editorMode(QueryEditorMode.Code)
    .datasource(datasource);
}

const refIdOf = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** Lines over time, the largest first in the legend. */
export function chart(spec: ChartSpec): PanelBuilder {
  const legend = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['mean', 'max'])
    .sortBy('Max')
    .sortDesc(true);
  return new TimeSeriesBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .unit(spec.unit)
    .min(0)
    .span(WIDTH[spec.width])
    .height(CHART_HEIGHT)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(spec.isStacked === true ? 30 : 8)
    .showPoints(VisibilityMode.Auto)
    .legend(legend)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .dataLinks([...(spec.links ?? [])])
    .targets(
      spec.queries.map(({ expr, legend: name }, index) =>
        target(refIdOf(index), expr).range().legendFormat(name),
      ),
    );
}

/** One number of the whole time range. */
export function stat(spec: PanelSpec & { readonly expr: string }): PanelBuilder {
  return new StatBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .unit(spec.unit)
    .span(WIDTH[spec.width])
    .height(STAT_HEIGHT)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.None)
    .noValue('–')
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .targets([target('A', spec.expr).instant()]);
}

/** Counts by bucket of duration over time. */
export function heatMap(spec: PanelSpec & { readonly expr: string }): PanelBuilder {
  return new HeatMapBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .span(WIDTH[spec.width])
    .height(CHART_HEIGHT)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .targets([target('A', spec.expr).range().format(PromQueryFormat.Heatmap).legendFormat('{{le}}')]);
}

export interface Column {
  readonly title: string;
  readonly expr: string;
  readonly unit: Unit;
}

export interface TableSpec {
  readonly title: string;
  readonly description: string;
  readonly width: keyof typeof WIDTH;
  /** Labels that name a row, with their titles. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly Column[];
  /** The title of the label whose cells carry the links. */
  readonly linked: string;
  readonly links: readonly DashboardLinkBuilder[];
}

/** A row for each set of labels, one value of the whole time range a column. */
export function table(spec: TableSpec): PanelBuilder {
  const names = Object.fromEntries(
    spec.columns.map(({ title }, index) => [`Value #${refIdOf(index)}`, title]),
  );
  const rename = { ...spec.labels, ...names };
  const order = Object.fromEntries(Object.keys(rename).map((name, index) => [name, index]));
  const builder = new TableBuilder()
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .span(WIDTH[spec.width])
    .height(CHART_HEIGHT + 2)
    .targets(
      spec.columns.map(({ expr }, index) =>
        target(refIdOf(index), expr).instant().format(PromQueryFormat.Table),
      ),
    )
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, indexByName: order, renameByName: rename },
    });
  builder.cellOptions({ type: TableCellDisplayMode.Auto }).overrideByName(spec.linked, linksOf(spec.links));
  for (const { title, unit } of spec.columns) builder.overrideByName(title, [{ id: 'unit', value: unit }]);
  return { build: () => withoutFooter(builder.build()) };
}

/** The builder writes an option that Grafana no longer has. */
function withoutFooter(panel: Panel): Panel {
  const { footer: _, ...options } = panel.options ?? {};
  return { ...panel, options };
}

function linksOf(links: readonly DashboardLinkBuilder[]): DynamicConfigValue[] {
  const value = links
    .map((link) => link.build())
    .map(({ title, url, targetBlank }) => ({ title, url, targetBlank }));
  return [{ id: 'links', value }];
}
