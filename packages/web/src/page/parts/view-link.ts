import type { OutputColumns, ViewLink } from '@tomte/query';
import type { Row, ViewDescription } from '../api/answer.ts';
import { linkTo, type Query } from '../state/location.ts';

/** Where a row of a view leads by this link; undefined when the row does not know what is needed. */
export function hrefOfLink({ view, parameters }: ViewLink, row: Row): string | undefined {
  const values: [string, string][] = [];
  for (const [name, column] of Object.entries(parameters)) {
    const value = row[column];
    if (value === null || value === undefined) return undefined;
    values.push([name, String(value)]);
  }
  if (view === 'requests')
    return linkTo('requests', { f: values.map(([name, value]) => `${name}=${value}`) });
  return linkToView(view, Object.fromEntries(values));
}

/** The page of a view with these parameters and filters. */
export function linkToView(name: string, parameters: Query = {}): string {
  const own = Object.fromEntries(Object.entries(parameters).map(([key, value]) => [`p.${key}`, value]));
  return linkTo('view', { name, ...own });
}

/** What stands in the address for a view: parameters and filters, without the mark that sets them apart. */
export function viewParameters(query: URLSearchParams): Record<string, readonly string[]> {
  const parameters: Record<string, readonly string[]> = {};
  for (const name of new Set(query.keys()))
    if (name.startsWith('p.')) parameters[name.slice(2)] = query.getAll(name);
  return parameters;
}

/** The page of what a row is about, where it has one of its own. */
export function hrefOfRow(view: ViewDescription, row: Row): string | undefined {
  if (typeof row['id'] === 'string' && 'id' in view.columns && view.record === 'requests')
    return linkTo('request', { id: row['id'] });
  if (view.name === 'services') return serviceHref(row, 'service_name', 'k8s_namespace_name');
  return undefined;
}

export function serviceHref(row: Row, service: string, namespace: string): string {
  return linkTo('service', { name: String(row[service] ?? ''), namespace: String(row[namespace] ?? '') });
}

/** `request_count` → `Request count`; a unit that the values carry themselves is left out. */
export function titleOfColumn(name: string, columns: OutputColumns): string {
  const unit = columns[name]?.unit;
  const bare = unit === 'ns' ? name.replace(/_ns$/, '') : unit === 'By' ? name.replace(/_bytes$/, '') : name;
  const words = bare
    .replace(/^k8s_/, '')
    .replace(/_name$/, '')
    .replaceAll('_', ' ')
    .replace(/ per second$/, '/s');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
