import { useEffect, useState } from 'preact/hooks';
import { linkTo, usePlace } from '../state/location.ts';
import { applyTheme, nextTheme, storedTheme } from '../state/theme.ts';
import { openHelp } from './help.tsx';
import { Icon } from './icon.tsx';
import { pageEntries } from './pages-list.ts';
import iconUrl from '../styles/icon.svg';

export function SideBar() {
  const { page } = usePlace();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [page]);
  return (
    <nav class={`side${isOpen ? ' open' : ''}`} aria-label="Pages">
      <div class="brand">
        <a href={linkTo('services')}>
          <img src={iconUrl} alt="" width="28" height="28" />
          <span>Tomte</span>
        </a>
        <button class="plain menu" aria-expanded={isOpen} aria-label="Pages" onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'close' : 'menu'} />
        </button>
      </div>
      <ul>
        {pageEntries.map((entry) => (
          <li key={entry.page}>
            <a href={linkTo(entry.page)} aria-current={isCurrent(entry, page) ? 'page' : undefined}>
              <Icon name={entry.icon} />
              <span>{entry.title}</span>
            </a>
          </li>
        ))}
      </ul>
      <div class="foot">
        <ThemeButton />
        <button class="plain" onClick={openHelp}>
          <Icon name="help" />
          <span>Keyboard</span>
        </button>
      </div>
    </nav>
  );
}

function isCurrent(entry: (typeof pageEntries)[number], page: string): boolean {
  return entry.page === page || entry.within.includes(page);
}

const titles = { auto: 'Colours: automatic', light: 'Colours: light', dark: 'Colours: dark' } as const;

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const turn = (): void => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button class="plain" onClick={turn}>
      <Icon name="theme" />
      <span>{titles[theme]}</span>
    </button>
  );
}
