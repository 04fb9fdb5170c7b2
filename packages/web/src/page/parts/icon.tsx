/** Outlines on a grid of 24. */
const paths = {
  services: 'M4 5h16v5H4zM4 14h16v5H4zM8 7.5h.01M8 16.500h.01',
  requests: 'M4 7h13l-3-3M20 17H7l3 3',
  map: 'M6 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM18 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7.700 7l8.500 4M8.900 17l7.400-4',
  views: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  sql: 'M5 7l4 5-4 5M12 17h7',
  processes: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  health: 'M3 12h4l3-7 4 14 3-7h4',
  refresh: 'M20 5v5h-5M4 19v-5h5M5.500 9A7.500 7.500 0 0 1 19 9.500M18.500 15A7.500 7.500 0 0 1 5 14.500',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  menu: 'M4 7h16M4 12h16M4 17h16',
  theme: 'M12 4a8 8 0 1 0 0 16zM12 4v16',
  help: 'M9.500 9a2.500 2.500 0 1 1 3.700 2.200c-.8.500-1.200 1-1.200 1.800M12 16.500h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  key: 'M14 10a4 4 0 1 0-3.500 4L12 12.500h2V15h2v2h4v-3z',
  close: 'M6 6l12 12M18 6L6 18',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  back: 'M15 5l-7 7 7 7',
  play: 'M8 5l11 7-11 7z',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
