import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withoutFences } from './pages.ts';
import type { Page } from './pages.ts';

const LINK = /!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;

/** Links within the checkout that lead nowhere: to a missing file, or to a heading that no page has. */
export function brokenLinks(checkout: string, pages: readonly Page[]): readonly string[] {
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));
  return pages.flatMap((page) =>
    [...withoutFences(page.text).matchAll(LINK)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !isReachable(checkout, page, target, anchors))
      .map((target) => `DOCS_LINK_BROKEN: ${page.path} links to ${target}, which is not there.`),
  );
}

function isReachable(
  checkout: string,
  page: Page,
  target: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page.path : join(dirname(page.path), path);
  if (!existsSync(join(checkout, file))) return false;
  return anchor === undefined || (anchors.get(file)?.has(anchor) ?? true);
}

/** Anchors of a page as GitHub makes them: lower case, spaces to dashes, punctuation dropped. */
function anchorsOf(page: Page): ReadonlySet<string> {
  const headings = [...withoutFences(page.text).matchAll(/^#+\s+(.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
