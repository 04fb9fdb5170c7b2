import { existsSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { AppError } from '@tomte/kit';

/**
 * The JavaScript that Node itself makes of a file: types become blanks, so every line and column stays. Strings that
 * name a `.ts` file, relative to this one, name the `.js` file.
 */
export function toJavaScript(source: string, path: string): string {
  const isTypeScript = path.endsWith('.ts');
  return renameFiles(isTypeScript ? stripTypeScriptTypes(source, { mode: 'strip' }) : source, path);
}

/** Same length, hence positions found once stay right. */
function renameFiles(javascript: string, path: string): string {
  const tree = ts.createSourceFile(path, javascript, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const ends: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && namesFile(node.text, path)) ends.push(node.end);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return ends.reduce((text, end) => `${text.slice(0, end - 3)}js${text.slice(end - 1)}`, javascript);
}

function namesFile(text: string, path: string): boolean {
  if (!text.endsWith('.ts')) return false;
  if (existsSync(join(dirname(path), text))) return true;
  if (!/^\.{1,2}\//.test(text)) return false;
  throw new AppError('DEPLOY_EMIT_UNRESOLVED', `${path} names ${text}, which is not there`, {
    family: 'unexpected',
    remedy: 'Name a file relative to the one that names it.',
  });
}
