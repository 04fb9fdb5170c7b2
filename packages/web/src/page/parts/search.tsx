import { changed, go, usePlace } from '../state/location.ts';

/** Narrows what is shown by a word; it stands in the address as `q`. */
export function Search({ label, name = 'q' }: { readonly label: string; readonly name?: string }) {
  const { query } = usePlace();
  return (
    <input
      class="search"
      type="search"
      data-search=""
      aria-label={label}
      placeholder={`${label} (/)`}
      value={query.get(name) ?? ''}
      onInput={({ currentTarget: { value } }) =>
        go(changed({ [name]: value === '' ? undefined : value }), 'replace')
      }
    />
  );
}
