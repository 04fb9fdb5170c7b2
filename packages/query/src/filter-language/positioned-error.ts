import { AppError } from '@tomte/kit';

/** Where a fault lies in a text of the asker, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** An error with its place in the text that was asked. */
export class PositionedError extends AppError {
  readonly position: TextPosition;

  constructor(
    code: string,
    facts: string,
    { remedy, position }: { readonly remedy: string; readonly position: TextPosition },
  ) {
    super(code, facts, { family: 'user', remedy });
    this.position = position;
  }
}

export function positionIn(text: string, offset: number): TextPosition {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}
