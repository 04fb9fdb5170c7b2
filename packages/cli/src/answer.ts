import { AppError } from '@tomte/kit';
import type { AnyView } from '@tomte/query';
import { type JsonObject, parseObject } from './api-client.ts';
import type { ViewVerb } from './view-verbs.ts';

/** What a verb shows, and how. */
export interface Shown {
  readonly verb: ViewVerb;
  readonly view: AnyView;
  readonly isWide: boolean;
  readonly isJson: boolean;
}

export function parseAnswer(text: string): JsonObject {
  const answer = parseObject(text);
  if (answer !== undefined) return answer;
  throw new AppError('CLI_ANSWER_FOREIGN', 'the answer is no JSON object', {
    remedy: 'Is this a Tomte API?',
  });
}
