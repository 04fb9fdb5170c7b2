import { lazy } from 'preact/compat';
import { useMemo } from 'preact/hooks';
import type { Answer } from '../api/answer.ts';
import { useView } from '../api/use-answer.ts';
import type { Subject, SubjectProps } from '../data/subject.ts';
import { toTimeRows } from '../data/time-rows.ts';
import { formatDuration, formatRate, formatRatio } from '../format/value.ts';
import { HeatMap } from '../parts/heat-map.tsx';
import { Panel } from '../parts/panel.tsx';
import { RedTiles } from '../parts/red-tiles.tsx';
import { NoRequests } from '../parts/states.tsx';
import { TimeChart } from '../parts/time-chart.tsx';
import { linkToView } from '../parts/view-link.ts';
import { changed, linkTo, usePlace } from '../state/location.ts';
import { useRange } from '../state/range.tsx';

const Endpoints = lazy(async () => (await import('../parts/service-tables.tsx')).Endpoints);
const Neighbours = lazy(async () => (await import('../parts/service-tables.tsx')).Neighbours);

/** One service: rate, errors and durations over time, its endpoints, whom it asks and who asks it. */
export function Service() {
  const range = useRange();
  const { query } = usePlace();
  const [name, namespace] = [query.get('name') ?? '', query.get('namespace') ?? undefined];
  const [method, path] = [query.get('method') ?? undefined, query.get('path') ?? undefined];
  const subject = useMemo(
    () => ({ service_name: name, k8s_namespace_name: namespace, method, path }),
    [name, namespace, method, path],
  );
  return (
    <>
      <header class="page-head">
        <h1>{name}</h1>
        {namespace !== undefined && namespace !== '' && <span class="tag">{namespace}</span>}
        {path !== undefined && (
          <a class="chip" href={changed({ method: undefined, path: undefined })} title="All endpoints">
            {method} {path} ✕
          </a>
        )}
        <span class="actions">
          <a class="button" href={linkTo('requests', { f: filtersOf(subject) })}>
            Its requests
          </a>
          <a class="button" href={linkToView('slow-requests', { service_name: name })}>
            Why slow?
          </a>
        </span>
      </header>
      <Summary range={range} subject={subject} />
      <Charts range={range} subject={subject} />
      <Endpoints range={range} subject={subject} />
      <div class="halves">
        <Neighbours range={range} subject={subject} end="client" />
        <Neighbours range={range} subject={subject} end="server" />
      </div>
    </>
  );
}

/** The same as conditions on the rows of requests. */
function filtersOf({
  service_name,
  k8s_namespace_name: namespace,
  method,
  path,
}: Subject): readonly string[] {
  return [
    `service_name=${service_name}`,
    'role=server',
    ...(namespace === undefined || namespace === '' ? [] : [`k8s_namespace_name=${namespace}`]),
    ...(method === undefined ? [] : [`method=${method}`]),
    ...(path === undefined ? [] : [`path=${path}`]),
  ];
}

function Summary({ range, subject }: SubjectProps) {
  const answer = useView('services', { ...subject }, range);
  return (
    <Panel title="Rate, errors, duration" query={answer} loadingRows={2}>
      {({ data }) => {
        const [row] = data;
        return row === undefined ? (
          <NoRequests title="Nobody asked this service in this time" />
        ) : (
          <RedTiles row={row} />
        );
      }}
    </Panel>
  );
}

const overTime = { time: 'time', series: 'series' };
const heat = { kind: 'heatmap', time: 'time', upper: 'upper_ns', value: 'request_count' } as const;

function Charts({ range, subject }: SubjectProps) {
  const red = useView('requests-over-time', { ...subject }, range);
  const durations = useView('latency-heatmap', { ...subject }, range);
  return (
    <Panel title="Over time" query={red} loadingRows={8}>
      {({ data }: Answer) => {
        if (data.length === 0) return null;
        const rows = toTimeRows(data, overTime, range);
        const values = (column: string) => rows.valuesOf('', column);
        return (
          <div class="charts">
            <TimeChart
              title="Requests"
              times={rows.times}
              format={formatRate}
              series={[
                { title: 'all', color: '--accent', values: values('requests_per_second'), isFilled: true },
              ]}
            />
            <TimeChart
              title="Errors"
              times={rows.times}
              format={formatRatio}
              series={[{ title: 'failed', color: '--bad', values: values('error_ratio'), isFilled: true }]}
            />
            <TimeChart
              title="Quantiles of the duration"
              times={rows.times}
              format={formatDuration}
              isLogarithmic
              series={[
                { title: 'p99', color: '--slow', values: values('duration_p99_ns') },
                { title: 'p90', color: '--accent-2', values: values('duration_p90_ns') },
                { title: 'median', color: '--accent', values: values('duration_p50_ns') },
              ]}
            />
            <HeatMap
              rows={durations.data?.data ?? []}
              chart={heat}
              range={range}
              filters={filtersOf(subject)}
            />
          </div>
        );
      }}
    </Panel>
  );
}
