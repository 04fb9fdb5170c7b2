import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** What the sources say of a code, as far as literals show it; `…` stands for what is put in at run time. */
export interface ErrorWords {
  readonly facts: string | undefined;
  readonly remedy: string | undefined;
}

type Found = Map<string, { facts: string[]; remedies: string[] }>;

/** The longest facts and remedy of each code over all places that make the error. */
export function errorWords(checkout: string, paths: readonly string[]): ReadonlyMap<string, ErrorWords> {
  const found: Found = new Map();
  for (const path of paths) {
    const text = readFileSync(join(checkout, path), 'utf8');
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true), found);
  }
  return new Map(
    [...found].map(([code, { facts, remedies }]) => [
      code,
      { facts: longest(facts), remedy: longest(remedies) },
    ]),
  );
}

function visit(node: ts.Node, found: Found): void {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) readCall([...(node.arguments ?? [])], found);
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name))
    readTable(node.name.text, node.initializer, found);
  if (ts.isObjectLiteralExpression(node)) readObject(node, found);
  ts.forEachChild(node, (child) => visit(child, found));
}

/** `xError(CODE, facts, 'remedy')` and `xError(CODE, facts, { remedy })`. */
function readCall(args: readonly ts.Expression[], found: Found): void {
  const at = args.findIndex((arg) => isCode(textOf(arg)));
  const code = textOf(args[at]);
  if (at === -1 || code === undefined) return;
  const [first, second] = args.slice(at + 1);
  const options = first !== undefined && ts.isObjectLiteralExpression(first) ? first : second;
  add(found, code, { facts: textOf(first), remedy: remedyOf(options) });
}

/** `CODE: { remedy }` or `CODE: 'remedy'` in a table of errors. */
function readTable(name: string, value: ts.Expression, found: Found): void {
  if (isCode(name)) add(found, name, { facts: undefined, remedy: remedyOf(value) });
}

/** `{ code: CODE, message, remedy }`. */
function readObject(object: ts.ObjectLiteralExpression, found: Found): void {
  const code = textOf(valueOf(object, 'code'));
  if (code === undefined || !isCode(code)) return;
  const facts = ['message', 'facts', 'detail']
    .map((name) => textOf(valueOf(object, name)))
    .find((text) => text !== undefined);
  add(found, code, { facts, remedy: remedyOf(object) });
}

function remedyOf(node: ts.Expression | undefined): string | undefined {
  if (node !== undefined && ts.isObjectLiteralExpression(node)) return textOf(valueOf(node, 'remedy'));
  return textOf(node);
}

function valueOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = object.properties.find((other) => other.name?.getText() === name);
  if (property === undefined) return undefined;
  if (ts.isShorthandPropertyAssignment(property)) return property.name;
  return ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

/** The text of a literal, of literals joined by `+`, or of a constant near by that is one; else undefined. */
function textOf(node: ts.Expression | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map((span) => `…${span.literal.text}`)].join('');
  if (ts.isIdentifier(node)) return textOf(constantNear(node, node.text));
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** The initializer of the constant of that name in the innermost block around `node` that has one. */
function constantNear(node: ts.Node, name: string): ts.Expression | undefined {
  for (let block: ts.Node | undefined = node.parent; block !== undefined; block = block.parent) {
    if (!ts.isBlock(block) && !ts.isSourceFile(block)) continue;
    for (const statement of block.statements.filter(ts.isVariableStatement)) {
      const found = statement.declarationList.declarations.find((other) => other.name.getText() === name);
      if (found !== undefined) return found.initializer;
    }
  }
  return undefined;
}

function isCode(text: string | undefined): boolean {
  return /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text ?? '');
}

function add(found: Found, code: string, words: ErrorWords): void {
  const entry = found.get(code) ?? { facts: [], remedies: [] };
  if (words.facts !== undefined && !isCode(words.facts)) entry.facts.push(words.facts);
  if (words.remedy !== undefined) entry.remedies.push(words.remedy);
  found.set(code, entry);
}

function longest(texts: readonly string[]): string | undefined {
  return texts.toSorted((a, b) => b.length - a.length)[0];
}
