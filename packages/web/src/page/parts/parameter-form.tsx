import type { ViewParam } from '@tomte/query';
import type { ViewDescription } from '../api/answer.ts';
import { formatDuration } from '../format/value.ts';
import { changed, go } from '../state/location.ts';

interface ParameterFormProps {
  readonly view: ViewDescription;
  readonly given: Readonly<Record<string, readonly string[]>>;
}

/** A field for each parameter that the view declares; what is taken stands in the address. */
export function ParameterForm({ view, given }: ParameterFormProps) {
  return (
    <form class="parameters" onSubmit={(event) => event.preventDefault()}>
      {Object.entries(view.params).map(([name, param]) => (
        <label key={name} title={param.meaning}>
          <span>{name.replaceAll('_', ' ')}</span>
          <Field name={name} param={param} value={given[name]?.[0]} />
        </label>
      ))}
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly param: ViewParam;
  readonly value: string | undefined;
}

function Field({ name, param, value }: FieldProps) {
  const take = (text: string): void => go(changed({ [`p.${name}`]: text === '' ? undefined : text }));
  if (param.type === 'choice')
    return (
      <select value={value ?? param.default} onChange={({ currentTarget }) => take(currentTarget.value)}>
        {param.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  return (
    <input
      value={value ?? ''}
      placeholder={placeholderOf(param)}
      spellcheck={false}
      onChange={({ currentTarget }) => take(currentTarget.value.trim())}
    />
  );
}

function placeholderOf(param: Exclude<ViewParam, { readonly type: 'choice' }>): string {
  if (param.type === 'integer' && param.default === 0) return 'automatic';
  if (param.type === 'integer')
    return param.unit === 'ns' ? formatDuration(param.default).replace(' ', '') : String(param.default);
  if (param.type === 'time') return '-15m, 2026-01-02T03:04:05Z';
  return param.isRequired === true ? 'needed' : param.default;
}
