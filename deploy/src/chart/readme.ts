import { format, resolveConfig } from 'prettier';
import type { ValueKey } from './values.ts';

const START = '<!-- Made from values.yaml by `pnpm chart --write`. -->';
const END = '<!-- End of what is made. -->';

/** The page with its table of values made anew. */
export async function renderReadme(page: string, keys: readonly ValueKey[], path: string): Promise<string> {
  const [before = '', rest = ''] = page.split(START);
  const [, after = ''] = rest.split(END);
  const text = `${before}${START}\n\n${tableOf(keys)}\n\n${END}${after}`;
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}

function tableOf(keys: readonly ValueKey[]): string {
  const rows = keys.map(
    ({ path, default: value, meaning }) => `| \`${path}\` | \`${cell(value)}\` | ${cell(meaning)} |`,
  );
  return ['| key | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
