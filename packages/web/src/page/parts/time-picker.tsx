import { useState } from 'preact/hooks';
import { changed, go, usePlace } from '../state/location.ts';
import { clockOf, dayOf, presets, spanOf, titleOfSpan } from '../state/time.ts';
import { Icon } from './icon.tsx';
import { Popover } from './popover.tsx';

/** The time range of the page: a preset, or both ends by hand. */
export function TimePicker() {
  const { query } = usePlace();
  const [from, to] = [query.get('from'), query.get('to')];
  const title = titleOfSpan(from, to, Date.now());
  const face = (
    <>
      <Icon name="clock" />
      <span class="title">{title}</span>
    </>
  );
  return (
    <Popover kind="picker" face={face} label={`Time range: ${title}`}>
      <ul class="presets">
        {presets.map(([value, name]) => (
          <li key={value}>
            <a
              href={changed({ from: value, to: undefined })}
              aria-current={value === (from ?? '-15m') && to === null}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
      <ByHand key={`${from} ${to}`} from={from} to={to} />
    </Popover>
  );
}

function ByHand({ from, to }: { readonly from: string | null; readonly to: string | null }) {
  const span = spanOf(from, to, Date.now());
  const [start, setStart] = useState(local(span.fromMs));
  const [end, setEnd] = useState(local(span.toMs));
  const isRange = Date.parse(start) < Date.parse(end);
  const take = (event: Event): void => {
    event.preventDefault();
    if (isRange)
      go(changed({ from: new Date(start).toISOString(), to: new Date(end).toISOString(), every: undefined }));
  };
  return (
    <form class="by-hand" onSubmit={take}>
      <label>
        From
        <input
          type="datetime-local"
          step="1"
          value={start}
          onInput={({ currentTarget }) => setStart(currentTarget.value)}
        />
      </label>
      <label>
        To
        <input
          type="datetime-local"
          step="1"
          value={end}
          onInput={({ currentTarget }) => setEnd(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={!isRange}>
        Take it
      </button>
      {!isRange && <p class="quiet">From has to be before To.</p>}
    </form>
  );
}

/** As `datetime-local` has it, in the browser's time zone. */
function local(ms: number): string {
  const time = new Date(ms);
  return `${dayOf(time)}T${clockOf(time)}`;
}
