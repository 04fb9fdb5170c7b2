import { useEffect, useState } from 'preact/hooks';

/** Another number each time the colours change: what was drawn on a canvas is drawn anew. */
export function useThemeCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const next = (): void => setCount((value) => value + 1);
    const preference = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('themechange', next);
    preference.addEventListener('change', next);
    return () => {
      removeEventListener('themechange', next);
      preference.removeEventListener('change', next);
    };
  }, []);
  return count;
}
