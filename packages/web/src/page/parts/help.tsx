import { useEffect, useRef } from 'preact/hooks';
import { changed, go, linkTo } from '../state/location.ts';
import { useRange } from '../state/range.tsx';
import { Icon } from './icon.tsx';
import { pageEntries } from './pages-list.ts';

const OPEN = 'helpopen';
const SECOND_KEY_MS = 1_200;

export function openHelp(): void {
  dispatchEvent(new Event(OPEN));
}

const keys: readonly (readonly [keys: string, what: string])[] = [
  ['?', 'These keys'],
  ['/', 'To the field that searches or filters'],
  ['r', 'Look again now'],
  ['l', 'Look again every 5 seconds, or no longer'],
  ['t then 1 … 4', 'The last 15 minutes, hour, day, week'],
  ...pageEntries.map(({ letter, title }) => [`g then ${letter}`, title] as const),
  ['Esc', 'Close what is open'],
];

/** Keys of the whole page, and the list of them. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useKeys(() => dialog.current?.showModal());
  useEffect(() => {
    const open = (): void => dialog.current?.showModal();
    addEventListener(OPEN, open);
    return () => removeEventListener(OPEN, open);
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title">
      <header>
        <h2 id="help-title">Keyboard</h2>
        <button class="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key
                .split(' ')
                .map((part) =>
                  part === 'then' || part === '…' ? ` ${part} ` : <kbd key={part}>{part}</kbd>,
                )}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}

const spans: Readonly<Record<string, string>> = { 1: '-15m', 2: '-1h', 3: '-24h', 4: '-7d' };

function useKeys(openHelpDialog: () => void): void {
  const { refresh, everySeconds } = useRange();
  const first = useRef({ key: '', atMs: 0 });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const { key, atMs } = first.current;
      const before = event.timeStamp - atMs < SECOND_KEY_MS ? key : '';
      first.current = { key: event.key, atMs: event.timeStamp };
      const entry = pageEntries.find(({ letter }) => letter === event.key);
      const span = spans[event.key];
      if (before === 'g' && entry !== undefined) go(linkTo(entry.page));
      else if (before === 't' && span !== undefined) go(changed({ from: span, to: undefined }));
      else if (event.key === '?') openHelpDialog();
      else if (event.key === 'r') refresh();
      else if (event.key === 'l') go(changed({ every: everySeconds === 0 ? '5' : undefined }), 'replace');
      else if (event.key === '/') document.querySelector<HTMLElement>('[data-search]')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [refresh, everySeconds]);
}

function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], dialog') !== null
  );
}
