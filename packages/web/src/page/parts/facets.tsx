import type { Row } from '../api/answer.ts';
import { facetColumns } from '../data/facets.ts';
import type { Condition } from '../data/where.ts';
import { formatCount } from '../format/value.ts';

interface FacetsProps {
  readonly rows: readonly Row[];
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

const titles: Readonly<Record<(typeof facetColumns)[number], string>> = {
  service_name: 'Service',
  k8s_namespace_name: 'Namespace',
  outcome: 'Outcome',
  status_code: 'Status',
  method: 'Method',
  protocol: 'Protocol',
  peer_service_name: 'Other end',
  k8s_pod_name: 'Pod',
  host_name: 'Machine',
};

/** The values that there are, each with its number of requests; a click keeps only those. */
export function Facets({ rows, conditions, onChange }: FacetsProps) {
  const byName = Map.groupBy(rows, (row) => String(row['name']));
  return (
    <div class="facets">
      {facetColumns.map((name) => {
        const values = byName.get(name) ?? [];
        const isTelling = values.some((row) => row['value'] !== '');
        if (!isTelling) return null;
        return <Facet key={name} {...{ name, values, conditions, onChange }} />;
      })}
    </div>
  );
}

interface FacetProps extends Pick<FacetsProps, 'conditions' | 'onChange'> {
  readonly name: (typeof facetColumns)[number];
  readonly values: readonly Row[];
}

function Facet({ name, values, conditions, onChange }: FacetProps) {
  const most = Math.max(1, ...values.map((row) => Number(row['n'])));
  return (
    <fieldset>
      <legend>{titles[name]}</legend>
      {values.map((row) => {
        const value = String(row['value']);
        const at = conditions.findIndex(
          (one) => one.column === name && one.operator === 'eq' && one.value === value,
        );
        const toggle = (): void =>
          onChange(
            at < 0 ? [...conditions, { column: name, operator: 'eq', value }] : conditions.toSpliced(at, 1),
          );
        return (
          <label key={value} class={at < 0 ? undefined : 'chosen'}>
            <input type="checkbox" checked={at >= 0} onChange={toggle} />
            <span class="name" title={value}>
              {value === '' ? '(empty)' : value === 'null' ? '(unknown)' : value}
            </span>
            <span class="count">{formatCount(Number(row['n']))}</span>
            <span class="share" aria-hidden="true">
              <span style={{ width: `${(Number(row['n']) / most) * 100}%` }} />
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
