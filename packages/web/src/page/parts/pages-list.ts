import type { IconName } from './icon.tsx';

export interface PageEntry {
  readonly page: string;
  readonly title: string;
  readonly icon: IconName;
  /** After `g`, on the keyboard. */
  readonly letter: string;
  /** Pages that are reached from it. */
  readonly within: readonly string[];
}

/** What stands in the side bar, in its order. */
export const pageEntries: readonly PageEntry[] = [
  { page: 'services', title: 'Services', icon: 'services', letter: 's', within: ['', 'service'] },
  { page: 'requests', title: 'Requests', icon: 'requests', letter: 'r', within: ['request'] },
  { page: 'map', title: 'Map', icon: 'map', letter: 'm', within: [] },
  { page: 'views', title: 'Views', icon: 'views', letter: 'v', within: ['view'] },
  { page: 'sql', title: 'SQL', icon: 'sql', letter: 'q', within: [] },
  { page: 'processes', title: 'Processes', icon: 'processes', letter: 'p', within: [] },
  { page: 'health', title: 'Agents', icon: 'health', letter: 'a', within: [] },
];
