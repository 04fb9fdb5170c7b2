import { useIsFetching } from '@tanstack/preact-query';
import { changed, go, linkTo, usePlace } from '../state/location.ts';
import { useRange } from '../state/range.tsx';
import { Icon } from './icon.tsx';
import { pageEntries } from './pages-list.ts';
import { TimePicker } from './time-picker.tsx';

const intervals: readonly (readonly [seconds: number, title: string])[] = [
  [0, 'On demand'],
  [2, 'Every 2 s'],
  [5, 'Every 5 s'],
  [15, 'Every 15 s'],
  [60, 'Every minute'],
];

export function TopBar() {
  const { page } = usePlace();
  const range = useRange();
  const isBusy = useIsFetching() > 0;
  const entry = pageEntries.find((one) => one.page === page || one.within.includes(page));
  return (
    <header class="top">
      {entry === undefined || entry.page === page || page === '' ? (
        <h1 class="where">{entry?.title ?? 'Tomte'}</h1>
      ) : (
        <p class="where">
          <a href={linkTo(entry.page)}>{entry.title}</a> <span aria-hidden="true">›</span>
        </p>
      )}
      <div class="tools">
        <TimePicker />
        <label class="select">
          <span class="hidden">Look again</span>
          <select
            value={String(range.everySeconds)}
            onChange={({ currentTarget: { value } }) =>
              go(changed({ every: value === '0' ? undefined : value }), 'replace')
            }
          >
            {intervals.map(([seconds, title]) => (
              <option key={seconds} value={String(seconds)}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button
          class={`square${isBusy ? ' busy' : ''}`}
          aria-label="Look again now"
          title="Look again now (r)"
          onClick={range.refresh}
        >
          <Icon name="refresh" />
        </button>
      </div>
    </header>
  );
}
