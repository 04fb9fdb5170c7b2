import type { SyntaxNode } from '@lezer/common';
import type { Span } from '../ast.ts';
import { parseError } from '../promql-error.ts';
import { unquote } from './literals.ts';

export function spanOf(node: SyntaxNode): Span {
  return { from: node.from, to: node.to };
}

export function textOf(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}

/** Without comments. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

export function childNamed(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return childrenOf(node).find((child) => child.name === name);
}

/** The names of `(a, "b.c")`. */
export function groupingOf(node: SyntaxNode, text: string): readonly string[] {
  return childrenOf(node).map((child) => labelNameOf(child, text));
}

function labelNameOf(node: SyntaxNode, text: string): string {
  const written = textOf(node, text);
  const name = /^["'`]/.test(written) ? unquote(written) : written;
  if (name !== undefined && name !== '') return name;
  throw parseError(text, node.from, `invalid label name for grouping: ${JSON.stringify(written)}`);
}
