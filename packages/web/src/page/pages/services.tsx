import { useMemo } from 'preact/hooks';
import type { Row } from '../api/answer.ts';
import { useSql, useView } from '../api/use-answer.ts';
import { ratesByService, stepsOf } from '../data/red.ts';
import { formatDuration, formatRate, formatRatio } from '../format/value.ts';
import { Meter } from '../parts/meter.tsx';
import { Panel } from '../parts/panel.tsx';
import { Search } from '../parts/search.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { Empty, NoRequests } from '../parts/states.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { changed, go, linkTo, usePlace } from '../state/location.ts';
import { type Range, useRange } from '../state/range.tsx';

/** Every service that was asked: how much, how often it failed, how long it took. */
export function Services() {
  const range = useRange();
  const { query } = usePlace();
  const answer = useView('services', {}, range);
  const sparks = useSparks(range);
  const wanted = (query.get('q') ?? '').toLowerCase();
  const namespace = query.get('namespace');
  const title = (
    <>
      Services <small>rate, errors, duration of what each was asked</small>
    </>
  );
  return (
    <Panel title={title} query={answer} loadingRows={10} aside={<Search label="Find a service" />}>
      {({ data }) => {
        if (data.length === 0) return <NoRequests />;
        const shown = data.filter(
          (row) => isWanted(row, wanted) && (namespace === null || row['k8s_namespace_name'] === namespace),
        );
        if (shown.length === 0) return <Empty title="No service of that name in this time" />;
        return (
          <Table
            label="Services"
            columns={columnsOf(data, sparks)}
            rows={shown}
            sort={query.get('sort') ?? undefined}
            onSort={(sort) => go(changed({ sort }), 'replace')}
            hrefOf={(row) =>
              linkTo('service', {
                name: String(row['service_name']),
                namespace: String(row['k8s_namespace_name']),
              })
            }
          />
        );
      }}
    </Panel>
  );
}

function isWanted(row: Row, wanted: string): boolean {
  return `${String(row['k8s_namespace_name'])}/${String(row['service_name'])}`.toLowerCase().includes(wanted);
}

const number = (semantic: 'duration' | 'ratio' | 'count' | 'bytes', meaning: string) =>
  ({ semantic, json: 'number', meaning }) as const;

function columnsOf(rows: readonly Row[], sparks: Sparks): readonly TableColumn[] {
  const most = (name: string): number => Math.max(0, ...rows.map((row) => Number(row[name] ?? 0)));
  const [mostRate, mostP99] = [most('requests_per_second'), most('duration_p99_ns')];
  const hasNamespaces = rows.some((row) => row['k8s_namespace_name'] !== '');
  return [
    { name: 'service_name', title: 'Service', isWide: true },
    ...(hasNamespaces ? [{ name: 'k8s_namespace_name', title: 'Namespace' }] : []),
    { name: 'protocol', title: 'Protocol' },
    {
      name: 'spark',
      title: 'Over time',
      isPlain: true,
      cell: (row) => {
        const curve = sparks.get(keyOf(row['k8s_namespace_name'], row['service_name'], row['protocol']));
        const label = `Rate of ${String(row['service_name'])} over time`;
        return <Sparkline values={curve?.rates ?? []} errors={curve?.errors ?? []} label={label} />;
      },
    },
    {
      name: 'requests_per_second',
      title: 'Rate',
      shape: number('count', 'Requests by second, over the whole range.'),
      cell: ({ requests_per_second: rate }) => (
        <Meter text={formatRate(Number(rate))} part={Number(rate) / mostRate} />
      ),
    },
    {
      name: 'error_ratio',
      title: 'Errors',
      shape: number('ratio', 'Answers 5xx, aborted and timed out requests, by all requests.'),
      cell: ({ error_ratio: ratio }) => (
        <Meter kind="bad" text={formatRatio(Number(ratio))} part={Math.sqrt(Number(ratio))} />
      ),
    },
    { name: 'duration_p50_ns', title: 'Median', shape: number('duration', 'Half were faster.') },
    { name: 'duration_p90_ns', title: 'p90', shape: number('duration', '90 % were faster.') },
    {
      name: 'duration_p99_ns',
      title: 'p99',
      shape: number('duration', '99 % were faster.'),
      cell: ({ duration_p99_ns: p99 }) => (
        <Meter
          kind="slow"
          text={p99 === null ? '–' : formatDuration(Number(p99))}
          part={Math.sqrt(Number(p99 ?? 0) / mostP99)}
        />
      ),
    },
    { name: 'request_count', title: 'Requests', shape: number('count', 'Each counted once.') },
  ];
}

type Sparks = ReadonlyMap<string, { readonly rates: number[]; readonly errors: number[] }>;

const keyOf = (...parts: readonly unknown[]): string => parts.map(String).join(' ');

function useSparks(range: Range): Sparks {
  const asked = useMemo(() => ratesByService(range), [range]);
  const { data } = useSql(asked.question);
  return useMemo(() => {
    const times = stepsOf(range, asked.stepSeconds);
    const indexOf = new Map(times.map((time, index) => [time, index]));
    const sparks = new Map<string, { rates: number[]; errors: number[] }>();
    for (const row of data?.data ?? []) {
      const key = keyOf(row['namespace'], row['service'], row['protocol']);
      const index = indexOf.get(Number(row['t']));
      const spark = sparks.get(key) ?? { rates: times.map(() => 0), errors: times.map(() => 0) };
      sparks.set(key, spark);
      if (index === undefined) continue;
      spark.rates[index] = Number(row['n']);
      spark.errors[index] = Number(row['errors']);
    }
    return sparks;
  }, [data]);
}
