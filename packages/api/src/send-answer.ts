import type { FastifyReply } from 'fastify';
import type { ArrowAnswer } from './ask-arrow.ts';
import type { Answer } from './ask.ts';
import { completenessHeader } from './completeness.ts';
import { contentTypes, type Format, toCsv, toJsonLines } from './format.ts';

/** Sends an answer. What JSON says beside the rows stands in headers of the other formats. */
export function sendAnswer(
  reply: FastifyReply,
  format: Exclude<Format, 'arrow'>,
  answer: Answer,
  names: readonly string[],
): FastifyReply {
  reply.header('content-type', contentTypes[format]);
  reply.header('tomte-completeness', completenessHeader(answer.completeness));
  if (format === 'json') return reply.send(answer);
  if (answer.next_cursor !== null) reply.header('tomte-next-cursor', answer.next_cursor);
  return reply.send(format === 'csv' ? toCsv(names, answer.data) : toJsonLines(answer.data));
}

export function sendArrow(reply: FastifyReply, { bytes, completeness }: ArrowAnswer): FastifyReply {
  reply.header('content-type', contentTypes.arrow);
  reply.header('tomte-completeness', completenessHeader(completeness));
  return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
