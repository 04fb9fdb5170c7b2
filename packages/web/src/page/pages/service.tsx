import { useMemo } from 'preact/hooks';
import type { Row } from '../api/answer.ts';
import { useSql, useView } from '../api/use-answer.ts';
import {
  durationsOverTime,
  endpointsOf,
  MAX_ENDPOINTS,
  redOverTime,
  type Subject,
  toSeries,
} from '../data/red.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatRatio } from '../format/value.ts';
import { HeatMap } from '../parts/heat-map.tsx';
import { Panel } from '../parts/panel.tsx';
import { NoRequests } from '../parts/states.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { TimeChart } from '../parts/time-chart.tsx';
import { changed, go, linkTo, usePlace } from '../state/location.ts';
import { type Range, useRange } from '../state/range.tsx';

/** One service: rate, errors and durations over time, its endpoints, whom it asks and who asks it. */
export function Service() {
  const range = useRange();
  const { query } = usePlace();
  const name = query.get('name') ?? '';
  const namespace = query.get('namespace') ?? undefined;
  const endpoint = { method: query.get('method') ?? undefined, path: query.get('path') ?? undefined };
  const subject = useMemo(
    () => ({ service: name, namespace, ...endpoint }),
    [name, namespace, endpoint.method, endpoint.path],
  );
  return (
    <>
      <header class="page-head">
        <h1>{name}</h1>
        {namespace !== undefined && namespace !== '' && <span class="tag">{namespace}</span>}
        {endpoint.path !== undefined && (
          <a class="chip" href={changed({ method: undefined, path: undefined })} title="All endpoints">
            {endpoint.method} {endpoint.path} ✕
          </a>
        )}
        <a class="button" href={linkTo('requests', { f: filtersOf(subject) })}>
          Its requests
        </a>
      </header>
      <Tiles range={range} subject={subject} />
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
function filtersOf({ service = '', namespace, method, path }: Subject): readonly string[] {
  return [
    `service_name=${service}`,
    'role=server',
    ...(namespace === undefined || namespace === '' ? [] : [`k8s_namespace_name=${namespace}`]),
    ...(method === undefined ? [] : [`method=${method}`]),
    ...(path === undefined ? [] : [`path=${path}`]),
  ];
}

interface PartProps {
  readonly range: Range;
  readonly subject: Subject;
}

function Tiles({ range, subject }: PartProps) {
  const filters = {
    service_name: subject.service,
    k8s_namespace_name: subject.namespace,
    method: subject.method,
    path: subject.path,
  };
  const answer = useView('services', filters, range);
  return (
    <Panel title="Rate, errors, duration" query={answer} loadingRows={1}>
      {({ data }) => {
        const [row] = data;
        return row === undefined ? (
          <NoRequests title="Nobody asked this service in this time" />
        ) : (
          <TileRow row={row} />
        );
      }}
    </Panel>
  );
}

function TileRow({ row }: { readonly row: Row }) {
  const duration = (name: string): string => (row[name] === null ? '–' : formatDuration(Number(row[name])));
  const tiles = [
    [
      'Rate',
      formatRate(Number(row['requests_per_second'])),
      `${formatCount(Number(row['request_count']))} requests`,
    ],
    [
      'Errors',
      formatRatio(Number(row['error_ratio'])),
      `${formatCount(Number(row['error_count']))} failed, ${formatCount(Number(row['client_error_count']))} were 4xx`,
    ],
    ['Median', duration('duration_p50_ns'), `p90 ${duration('duration_p90_ns')}`],
    [
      'p99',
      duration('duration_p99_ns'),
      `of ${formatCount(Number(row['duration_sample_count']))} that were timed`,
    ],
    [
      'Received',
      formatBytes(Number(row['request_bytes'])),
      `answered ${formatBytes(Number(row['response_bytes']))}`,
    ],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([title, value, more]) => (
        <div key={title} class={title === 'Errors' && Number(row['error_count']) > 0 ? 'bad' : undefined}>
          <dt>{title}</dt>
          <dd>
            <strong>{value}</strong>
            <span>{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Charts({ range, subject }: PartProps) {
  const red = useMemo(() => redOverTime(range, subject), [range, subject]);
  const heat = useMemo(() => durationsOverTime(range, subject), [range, subject]);
  const overTime = useSql(red.question);
  const durations = useSql(heat.question);
  return (
    <Panel title="Over time" query={overTime} loadingRows={8}>
      {({ data }) => {
        if (data.length === 0) return null;
        const series = toSeries(data, range, red.stepSeconds);
        return (
          <div class="charts">
            <TimeChart
              title="Requests"
              times={series.times}
              format={formatRate}
              series={[{ title: 'all', color: '--accent', values: series.rate, isFilled: true }]}
            />
            <TimeChart
              title="Errors"
              times={series.times}
              format={formatRate}
              series={[
                { title: 'failed', color: '--bad', values: series.errorRate, isFilled: true },
                { title: '4xx', color: '--warn', values: series.clientErrorRate },
              ]}
            />
            <TimeChart
              title="Quantiles of the duration"
              times={series.times}
              format={formatDuration}
              isLogarithmic
              series={[
                { title: 'p99', color: '--slow', values: series.p99 },
                { title: 'p90', color: '--accent-2', values: series.p90 },
                { title: 'median', color: '--accent', values: series.p50 },
              ]}
            />
            <HeatMap
              rows={durations.data?.data ?? []}
              range={range}
              stepSeconds={heat.stepSeconds}
              filters={filtersOf(subject)}
            />
          </div>
        );
      }}
    </Panel>
  );
}

const number = (semantic: 'duration' | 'ratio' | 'count' | 'bytes', meaning: string) =>
  ({ semantic, json: 'number', meaning }) as const;

const endpointColumns: readonly TableColumn[] = [
  {
    name: 'path',
    title: 'Endpoint',
    isWide: true,
    cell: (row) => (
      <>
        <span class="method">{String(row['method'])}</span> {String(row['path'])}
      </>
    ),
  },
  {
    name: 'requests_per_second',
    title: 'Rate',
    shape: number('count', 'Requests by second.'),
    cell: (row) => formatRate(Number(row['requests_per_second'])),
  },
  { name: 'error_ratio', title: 'Errors', shape: number('ratio', 'Answers 5xx, aborted, timed out.') },
  { name: 'client_error_count', title: '4xx', shape: number('count', 'Answers 4xx.') },
  { name: 'duration_p50_ns', title: 'Median', shape: number('duration', 'Half were faster.') },
  { name: 'duration_p99_ns', title: 'p99', shape: number('duration', '99 % were faster.') },
  { name: 'response_bytes', title: 'Answered', shape: number('bytes', 'Bytes of the responses.') },
  { name: 'request_count', title: 'Requests', shape: number('count', 'Each counted once.') },
];

function Endpoints({ range, subject }: PartProps) {
  const { query } = usePlace();
  const answer = useSql(
    useMemo(() => endpointsOf(range, { ...subject, method: undefined, path: undefined }), [range, subject]),
  );
  return (
    <Panel title="Endpoints" query={answer}>
      {({ data }) =>
        data.length > 0 && (
          <>
            <Table
              label="Endpoints"
              columns={endpointColumns}
              rows={data.slice(0, MAX_ENDPOINTS)}
              sort={query.get('sort') ?? undefined}
              onSort={(sort) => go(changed({ sort }), 'replace')}
              hrefOf={(row) => changed({ method: String(row['method']), path: String(row['path']) })}
            />
            {data.length > MAX_ENDPOINTS && (
              <p class="quiet">These are the {MAX_ENDPOINTS} that were asked most; there are more.</p>
            )}
          </>
        )
      }
    </Panel>
  );
}

function Neighbours({ range, subject, end }: PartProps & { readonly end: 'client' | 'server' }) {
  const answer = useView(
    'edges',
    { service_name: subject.service, k8s_namespace_name: subject.namespace },
    range,
  );
  const other = end === 'client' ? 'server' : 'client';
  const columns: readonly TableColumn[] = [
    { name: `${end}_service_name`, title: end === 'client' ? 'Who asks' : 'Whom it asks', isWide: true },
    { name: `${end}_namespace_name`, title: 'Namespace' },
    {
      name: 'requests_per_second',
      title: 'Rate',
      shape: number('count', 'Requests by second.'),
      cell: (row) => formatRate(Number(row['requests_per_second'])),
    },
    { name: 'error_ratio', title: 'Errors', shape: number('ratio', 'Answers 5xx, aborted, timed out.') },
    { name: 'duration_p99_ns', title: 'p99', shape: number('duration', '99 % were faster.') },
  ];
  return (
    <Panel title={end === 'client' ? 'Asked by' : 'Asks'} query={answer} loadingRows={3}>
      {({ data }) => {
        const rows = data.filter((row) => row[`${other}_service_name`] === subject.service);
        if (rows.length === 0)
          return <p class="quiet">{end === 'client' ? 'Nobody that was seen.' : 'Nobody in this time.'}</p>;
        return (
          <Table
            label={end === 'client' ? 'Who asks it' : 'Whom it asks'}
            columns={columns}
            rows={rows}
            hrefOf={(row) =>
              linkTo('service', {
                name: String(row[`${end}_service_name`]),
                namespace: String(row[`${end}_namespace_name`]),
              })
            }
          />
        );
      }}
    </Panel>
  );
}
