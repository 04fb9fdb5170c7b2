import type { OutputColumns } from '@tomte/query';
import { useId, useMemo, useState } from 'preact/hooks';
import { type Condition, parseTyped, titleOf } from '../data/where.ts';
import { useSuggestions } from '../api/use-suggestions.ts';
import { useRange } from '../state/range.tsx';
import { Icon } from './icon.tsx';

interface FilterBarProps {
  readonly columns: OutputColumns;
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

/** Conditions as chips, and a field to type one more: `status_code >= 500`, `path ~ cart`. */
export function FilterBar({ columns, conditions, onChange }: FilterBarProps) {
  return (
    <div class="filter-bar">
      {conditions.map((condition, index) => (
        <span key={titleOf(condition)} class="chip">
          {titleOf(condition)}
          <button
            class="plain"
            aria-label={`Without ${titleOf(condition)}`}
            onClick={() => onChange(conditions.toSpliced(index, 1))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <Field columns={columns} onAdd={(condition) => onChange([...conditions, condition])} />
      {conditions.length > 1 && (
        <button class="plain" onClick={() => onChange([])}>
          Clear
        </button>
      )}
    </div>
  );
}

interface FieldProps {
  readonly columns: OutputColumns;
  readonly onAdd: (condition: Condition) => void;
}

const SUGGESTIONS = 8;

/** A combobox: columns are offered while a name is typed, the arrow keys choose, Enter takes. */
function Field({ columns, onAdd }: FieldProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const typing = valueTyped(text, columns);
  const values = useSuggestions(typing?.field, typing?.prefix ?? '', useRange());
  const names = useMemo(() => namesFor(text, columns), [text, columns]);
  const offered = typing === undefined ? names : values;
  const [wrong, setWrong] = useState('');
  const take = (name: string): void => {
    setText(typing === undefined ? `${name} ` : `${typing.before}${name}`);
    setChosen(-1);
    setOpen(typing === undefined);
  };
  const add = (): void => {
    const condition = parseTyped(text);
    if (condition === undefined) return;
    const name = condition.column.replace(/\[.*$/, '');
    if (!Object.hasOwn(columns, name)) return setWrong(`There is no column ${name}.`);
    setText('');
    setWrong('');
    onAdd(condition);
  };
  const press = (event: KeyboardEvent): void => {
    const name = offered[chosen];
    if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, offered.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, -1));
    else if (event.key === 'Escape') setOpen(false);
    else if (event.key === 'Tab' && isOpen && chosen >= 0 && name !== undefined) take(name);
    else if (event.key === 'Enter') (name !== undefined && chosen >= 0 ? take : add)(name ?? '');
    else return;
    if (event.key !== 'Escape') event.preventDefault();
  };
  const isShown = isOpen && offered.length > 0;
  return (
    <div class="combo">
      <input
        data-search=""
        role="combobox"
        aria-label="Add a condition"
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-invalid={wrong !== ''}
        autoComplete="off"
        spellcheck={false}
        placeholder="status_code >= 500, path ~ cart … (/)"
        value={text}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          setChosen(-1);
          setOpen(true);
          setWrong('');
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Suggestions" hidden={!isShown}>
        {offered.map((name, index) => (
          <li
            key={name}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              take(name);
            }}
          >
            <code>{name}</code>
            {typing === undefined && <span>{columns[name]?.meaning}</span>}
          </li>
        ))}
      </ul>
      {wrong !== '' && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

function namesFor(text: string, columns: OutputColumns): readonly string[] {
  const typed = /^\s*([a-z0-9_]*)$/.exec(text)?.[1];
  if (typed === undefined || typed === '') return [];
  const names = Object.keys(columns);
  const first = names.filter((name) => name.startsWith(typed));
  const later = names.filter((name) => !name.startsWith(typed) && name.includes(typed));
  return [...first, ...later].slice(0, SUGGESTIONS);
}

interface TypedValue {
  readonly field: string;
  readonly prefix: string;
  /** All that stands before the value. */
  readonly before: string;
}

/** The value that is being typed after a column and a sign; a number is not completed. */
function valueTyped(text: string, columns: OutputColumns): TypedValue | undefined {
  const [, before = '', field = '', name = '', prefix = ''] =
    /^(\s*(([a-z0-9_]+)(?:\[[^\]]+\])?)\s*(?:!=|\^=|=~|~|=|:)\s*)(\S*)$/.exec(text) ?? [];
  return Object.hasOwn(columns, name) ? { field, prefix, before } : undefined;
}
