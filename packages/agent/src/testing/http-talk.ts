import { buildConnection, buildProcess, ConversationBuilder } from './event-builders.ts';
import { makeHarness } from './pipeline-harness.ts';
import type { Harness } from './pipeline-harness.ts';
import type { PipelineLimits } from '../pipeline/limits.ts';

export const MS = 1e6;

export const request = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: shop\r\n${more}\r\n`;
export const answer = (body: string, status = 200): string =>
  `HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A pipeline with an opened connection of nginx, at the server's end. */
export function openTalk(
  limits: Partial<PipelineLimits> = {},
): Harness & { readonly talk: ConversationBuilder } {
  const harness = makeHarness({ limits });
  harness.pipeline.process(buildProcess());
  harness.pipeline.connection(buildConnection());
  return { ...harness, talk: new ConversationBuilder() };
}
