export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'tomte-theme';
const order: readonly Theme[] = ['auto', 'light', 'dark'];

export function storedTheme(): Theme {
  const text = localStorage.getItem(KEY);
  return order.find((theme) => theme === text) ?? 'auto';
}

/** `auto` is what the browser asks for. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new Event('themechange'));
}

export function nextTheme(theme: Theme): Theme {
  return order[(order.indexOf(theme) + 1) % order.length] ?? 'auto';
}
