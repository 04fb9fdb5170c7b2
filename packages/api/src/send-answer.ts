import type { FastifyReply } from 'fastify';
import type { Answer } from './ask.ts';
import { completenessHeader } from './completeness.ts';
import { contentTypes, type Format, toCsv, toJsonLines } from './format.ts';

/** Sends an answer. What JSON says beside the rows stands in headers of the other formats. */
export function sendAnswer(
  reply: FastifyReply,
  format: Format,
  answer: Answer,
  names: readonly string[],
): FastifyReply {
  reply.header('content-type', contentTypes[format]);
  reply.header('tomte-completeness', completenessHeader(answer.completeness));
  if (format === 'json') return reply.send(answer);
  if (answer.next_cursor !== null) reply.header('tomte-next-cursor', answer.next_cursor);
  return reply.send(format === 'csv' ? toCsv(names, answer.data) : toJsonLines(answer.data));
}
