import type { Row } from '../api/answer.ts';
import { formatBytes, formatDuration, formatTime } from '../format/value.ts';
import { linkTo } from '../state/location.ts';
import { Icon } from './icon.tsx';
import { Status } from './status.tsx';
import { Table, type TableColumn } from './table.tsx';

const number = (semantic: 'duration' | 'bytes', meaning: string) =>
  ({ semantic, json: 'number', meaning }) as const;

const columns: readonly TableColumn[] = [
  { name: 'start_time', title: 'Time', cell: (row) => <TimeCell time={String(row['start_time'])} /> },
  { name: 'status_code', title: 'Status', cell: (row) => <Status row={row} /> },
  {
    name: 'path',
    title: 'Request',
    isWide: true,
    cell: (row) => (
      <>
        <span class="method">{String(row['method'])}</span> {String(row['path'])}
        {row['query'] !== '' && <span class="quiet">?{String(row['query'])}</span>}
      </>
    ),
  },
  {
    name: 'duration_ns',
    title: 'Duration',
    shape: number('duration', 'First byte of the request to last byte of the response.'),
    cell: (row) => (row['duration_ns'] === null ? '–' : formatDuration(Number(row['duration_ns']))),
  },
  { name: 'service_name', title: 'Service', cell: (row) => <Ends row={row} /> },
  {
    name: 'protocol',
    title: 'Protocol',
    cell: (row) => (
      <span class="protocol">
        {String(row['protocol'])}
        {row['encrypted'] === true && <Icon name="lock" />}
      </span>
    ),
  },
  {
    name: 'response_bytes',
    title: 'Answer',
    shape: number('bytes', 'True size of the response on the stream.'),
    cell: (row) => formatBytes(Number(row['response_bytes'])),
  },
];

export function RequestTable({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <Table
      label="Requests"
      columns={columns}
      rows={rows}
      hrefOf={(row) => linkTo('request', { id: String(row['id']) })}
    />
  );
}

/** The time of day; the day itself is quiet, and not there when it is today. */
function TimeCell({ time }: { readonly time: string }) {
  const words = formatTime(time).split(' ');
  return (
    <time dateTime={time}>
      {words.length > 1 && <span class="quiet day">{words[0]} </span>}
      {words.at(-1)}
    </time>
  );
}

/** Who asked whom, as far as this row's end knows it. */
function Ends({ row }: { readonly row: Row }) {
  const own = String(row['service_name']) || '–';
  const other = String(row['peer_service_name']);
  if (other === '') return <>{own}</>;
  const [asker, asked] = row['role'] === 'client' ? [own, other] : [other, own];
  return (
    <>
      <span class="quiet">{asker} →</span> {asked}
    </>
  );
}
