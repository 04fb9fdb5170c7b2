import { useView } from '../api/use-answer.ts';
import { formatRate } from '../format/value.ts';
import type { SubjectProps } from '../data/subject.ts';
import { changed, go, usePlace } from '../state/location.ts';
import { Panel } from './panel.tsx';
import { Table, type TableColumn } from './table.tsx';
import { serviceHref } from './view-link.ts';

const number = (semantic: 'duration' | 'ratio' | 'count' | 'bytes', meaning: string) =>
  ({ semantic, json: 'number', meaning }) as const;

const red: readonly TableColumn[] = [
  {
    name: 'requests_per_second',
    title: 'Rate',
    shape: number('count', 'Requests by second.'),
    cell: (row) => formatRate(Number(row['requests_per_second'])),
  },
  { name: 'error_ratio', title: 'Errors', shape: number('ratio', 'Answers 5xx, aborted, timed out.') },
  { name: 'duration_p50_ns', title: 'Median', shape: number('duration', 'Half were faster.') },
  { name: 'duration_p99_ns', title: 'p99', shape: number('duration', '99 % were faster.') },
];

const endpointColumns: readonly TableColumn[] = [
  {
    name: 'endpoint',
    title: 'Endpoint',
    isWide: true,
    cell: (row) => (
      <span title={String(row['explanation'] ?? '')}>
        <span class="method">{String(row['method'])}</span> {String(row['endpoint'])}
      </span>
    ),
  },
  ...red,
  { name: 'client_error_count', title: '4xx', shape: number('count', 'Answers 4xx.') },
  { name: 'response_bytes', title: 'Answered', shape: number('bytes', 'Bytes of the responses.') },
  { name: 'request_count', title: 'Requests', shape: number('count', 'Each counted once.') },
];

/** What the service is asked for, learnt from its paths. */
export function Endpoints({ range, subject }: SubjectProps) {
  const { query } = usePlace();
  const { service_name, k8s_namespace_name } = subject;
  const answer = useView('endpoints', { service_name, k8s_namespace_name, limit: 500 }, range);
  return (
    <Panel title="Endpoints" query={answer}>
      {({ data }) =>
        data.length > 0 && (
          <Table
            label="Endpoints"
            columns={endpointColumns}
            rows={data}
            sort={query.get('sort') ?? undefined}
            onSort={(sort) => go(changed({ sort }), 'replace')}
            hrefOf={(row) => changed({ method: String(row['method']), path: String(row['example_path']) })}
          />
        )
      }
    </Panel>
  );
}

/** Who asks it (`client`), or whom it asks (`server`). */
export function Neighbours({ range, subject, end }: SubjectProps & { readonly end: 'client' | 'server' }) {
  const { service_name, k8s_namespace_name } = subject;
  const answer = useView('edges', { service_name, k8s_namespace_name }, range);
  const other = end === 'client' ? 'server' : 'client';
  const title = end === 'client' ? 'Who asks it' : 'Whom it asks';
  const columns: readonly TableColumn[] = [
    { name: `${end}_service_name`, title, isWide: true },
    { name: `${end}_namespace_name`, title: 'Namespace' },
    ...red,
  ];
  return (
    <Panel title={title} query={answer} loadingRows={3}>
      {({ data }) => {
        const rows = data.filter((row) => row[`${other}_service_name`] === service_name);
        if (rows.length === 0) return <p class="quiet">Nobody that was seen in this time.</p>;
        return (
          <Table
            label={title}
            columns={columns}
            rows={rows}
            hrefOf={(row) => serviceHref(row, `${end}_service_name`, `${end}_namespace_name`)}
          />
        );
      }}
    </Panel>
  );
}
