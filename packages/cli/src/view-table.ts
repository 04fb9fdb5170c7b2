import type { AnyView } from '@tomte/query';
import type { JsonObject } from './api-client.ts';
import { formatValue } from './format-value.ts';
import type { Cell, TableColumn } from './table.ts';
import type { ViewVerb } from './view-verbs.ts';

interface ViewTableColumn extends TableColumn {
  readonly name: string;
  readonly format: (value: unknown) => string;
}

/** Heads of columns that are shorter than the column's name. */
const titles: Readonly<Record<string, string>> = {
  start_time: 'TIME',
  end_time: 'ENDED',
  last_event_time: 'TIME',
  service_name: 'SERVICE',
  k8s_namespace_name: 'NAMESPACE',
  k8s_pod_name: 'POD',
  k8s_node_name: 'NODE',
  client_namespace_name: 'NAMESPACE',
  server_namespace_name: 'NAMESPACE',
  peer_k8s_namespace_name: 'PEER NAMESPACE',
  peer_k8s_pod_name: 'PEER POD',
  peer_service_name: 'PEER',
  client_service_name: 'CLIENT',
  server_service_name: 'SERVER',
  status_code: 'STATUS',
  response_body_bytes: 'SIZE',
  encrypted: 'TLS',
  requests_per_second: 'RATE/S',
  request_count: 'REQUESTS',
  error_ratio: 'ERRORS',
};

const ofKubernetes = /k8s_|namespace_name$/;

/** Of what Kubernetes says those that one of the rows has: outside of a cluster there are none. */
export function viewColumns(
  verb: ViewVerb,
  view: AnyView,
  { isWide, rows }: { readonly isWide: boolean; readonly rows: readonly JsonObject[] },
): readonly ViewTableColumn[] {
  const names = isWide ? [...verb.columns, ...verb.wide] : verb.columns;
  const shown = names.filter((name) => !ofKubernetes.test(name) || rows.some((row) => hasValue(row[name])));
  return shown.map((name) => {
    const column = Object.hasOwn(view.columns, name) ? view.columns[name] : undefined;
    return {
      name,
      title:
        titles[name] ??
        name
          .replace(/_ns$/, '')
          .replace(/^duration_p/, 'p')
          .replaceAll('_', ' ')
          .toUpperCase(),
      align: column?.json === 'number' ? 'right' : 'left',
      isFlexible: !isWide && verb.flexible.includes(name),
      format: (value) => formatValue(value, column),
    };
  });
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

export function viewCells(columns: readonly ViewTableColumn[], row: JsonObject): readonly Cell[] {
  // What has not ended has an age instead.
  const value = (name: string): unknown =>
    name === 'duration_ns' ? (row[name] ?? row['age_ns']) : row[name];
  return columns.map(({ name, format }) => ({ text: format(value(name)), color: colorOf(name, row[name]) }));
}

const RED = '31';
const YELLOW = '33';

function colorOf(name: string, value: unknown): string | undefined {
  if (name === 'status_code' && typeof value === 'number') {
    if (value >= 500) return RED;
    return value >= 400 ? YELLOW : undefined;
  }
  if (name !== 'outcome' && name !== 'end_reason' && name !== 'state') return undefined;
  if (['server_error', 'aborted', 'timed_out', 'connect_failed', 'failed'].includes(String(value)))
    return RED;
  return ['client_error', 'not_observed', 'reset'].includes(String(value)) ? YELLOW : undefined;
}

export function rowsOf(answer: JsonObject): readonly JsonObject[] {
  const data = answer['data'];
  return Array.isArray(data) ? data.filter((row) => typeof row === 'object' && row !== null) : [];
}
