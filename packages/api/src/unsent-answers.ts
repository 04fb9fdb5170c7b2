import type { FastifyInstance } from 'fastify';
import { apiError } from './errors.ts';

/** Smaller ones are not worth counting. */
const MINIMUM_BYTES = 64 * 1024;
/** Beyond the longest question: a socket on which nothing moves for so long is closed, whichever end it waits for. */
export const STALLED_BEYOND_MS = 15_000;

/** Answers that are made and not taken yet stay in memory: so many bytes of them at most, then the next one is refused. */
export function boundUnsentAnswers(app: FastifyInstance, limitBytes: number): void {
  let unsentBytes = 0;
  app.addHook('onSend', (_request, reply, payload, done) => {
    const bytes = typeof payload === 'string' || payload instanceof Uint8Array ? payload.length : 0;
    if (bytes < MINIMUM_BYTES) return done(null, payload);
    if (unsentBytes > 0 && unsentBytes + bytes > limitBytes) {
      const facts = `answers of ${unsentBytes} bytes wait for their readers`;
      return done(apiError('API_BUSY', facts, { remedy: 'Ask again in a moment, or for less.' }));
    }
    unsentBytes += bytes;
    reply.raw.once('close', () => {
      unsentBytes -= bytes;
    });
    done(null, payload);
  });
}
