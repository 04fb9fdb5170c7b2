import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  loosenedStreams,
  mutatedStreams,
  requestStreams,
  responseStreams,
} from '../testing/http-generator.ts';
import { vectors } from '../testing/http-vectors.ts';
import type { Vector } from '../testing/http-vectors.ts';
import { deviations } from '../testing/llhttp-deviations.ts';
import { llhttpVersion, readByLlhttp } from '../testing/llhttp.ts';
import type { Strictness } from '../testing/llhttp.ts';
import { readByOurs } from '../testing/read-message.ts';
import type { Reading, ReadMessage } from '../testing/read-message.ts';

/**
 * Our reader beside llhttp, message by message: boundaries, start line, fields, trailers, body, persistence,
 * upgrade. llhttp stops at its first error, ours goes on; every other difference is in `deviations`.
 */
const SEED = 20_261_125;
const samplesOf = (streams: fc.Arbitrary<Vector>, count: number): readonly Vector[] =>
  fc.sample(streams, { seed: SEED, numRuns: count });

/** What is compared of a message. A request's wish to upgrade is none of ours; behind an upgrade nothing persists. */
function comparable(message: ReadMessage, { methods }: Vector): ReadMessage {
  const upgrades = methods !== undefined && message.upgrades;
  return { ...message, upgrades, keepsAlive: message.keepsAlive && !upgrades };
}

const all = (reading: Reading, vector: Vector): readonly ReadMessage[] =>
  reading.messages.map((message) => comparable(message, vector));

const show = ({ name, text, methods }: Vector): string =>
  `${name} ${methods?.join() ?? ''} ${JSON.stringify(text)}`;

/** Everywhere, byte by byte, and at some places that follow from the text. */
function waysToCut(text: string): readonly (readonly number[])[] {
  const everywhere = Array.from(text, (_, at) => at);
  const some = (step: number): number[] => everywhere.filter((at) => (at * at + at) % step === 1);
  return [[], everywhere, some(7), some(31)];
}

function expectSame(vector: Vector, strictness: Strictness): number {
  const oracle = readByLlhttp(vector.text, vector.methods, strictness);
  expect(oracle.error, show(vector)).toBe('');
  for (const cuts of waysToCut(vector.text)) {
    const ours = readByOurs(vector.text, vector.methods, cuts);
    expect(all(ours, vector), show(vector)).toEqual(all(oracle, vector));
    expect(ours.error, show(vector)).toBe('');
  }
  return oracle.messages.length;
}

/** Does ours tell a message where llhttp stopped? */
function goesOn(ours: Reading, oracle: Reading): boolean {
  const next = ours.messages[oracle.messages.length];
  return oracle.error !== '' && next !== undefined && (oracle.failedAt < 0 || next.from === oracle.failedAt);
}

const deviating = new Map(deviations.flatMap(({ shownBy }) => Object.entries(shownBy)));
const known = new Map(vectors.map((vector) => [vector.name, vector]));

describe(`llhttp ${llhttpVersion} and ours`, () => {
  it.each(vectors.filter(({ name }) => !deviating.has(name)))('read alike: $name', (vector) => {
    const oracle = readByLlhttp(vector.text, vector.methods, 'strict');
    for (const cuts of waysToCut(vector.text)) {
      const ours = readByOurs(vector.text, vector.methods, cuts);
      expect(all(ours, vector)).toEqual(all(oracle, vector));
      expect(goesOn(ours, oracle)).toBe(false);
      if (oracle.error === '') expect(ours.error).toBe('');
    }
  });

  it.each([
    ['requests', requestStreams],
    ['responses', responseStreams],
  ] as const)('read well-formed %s alike', (_, streams) => {
    const count = samplesOf(streams, 401).reduce((sum, vector) => sum + expectSame(vector, 'strict'), 0);
    expect(count).toBeGreaterThan(1000);
  });

  it('read folded values and bare line feeds alike, when llhttp is told to bear them', () => {
    const count = samplesOf(loosenedStreams, 401).reduce(
      (sum, vector) => sum + expectSame(vector, 'lenient'),
      0,
    );
    expect(count).toBeGreaterThan(1000);
  });

  it('read streams with one wrong byte alike, but for the deviations', () => {
    const codes = new Set(deviations.flatMap((each) => each.codes ?? []));
    let sameCount = 0;
    for (const vector of samplesOf(mutatedStreams, 4001)) {
      const oracle = readByLlhttp(vector.text, vector.methods, 'strict');
      const ours = readByOurs(vector.text, vector.methods);
      const isCovered = (message: ReadMessage): boolean =>
        deviations.some(({ covers }) => covers?.(message) === true);
      const covered = oracle.messages.findIndex(isCovered);
      const comparedCount = covered < 0 ? oracle.messages.length : covered;
      expect(all(ours, vector).slice(0, comparedCount), show(vector)).toEqual(
        all(oracle, vector).slice(0, comparedCount),
      );
      if (covered < 0 && goesOn(ours, oracle)) expect(codes, show(vector)).toContain(oracle.error);
      if (covered < 0 && oracle.error === '') expect(ours.error, show(vector)).toBe('');
      sameCount += comparedCount;
    }
    expect(sameCount).toBeGreaterThan(4000);
  });
});

describe('ours', () => {
  it('reads a stream with a wrong byte alike, however it is cut', () => {
    for (const vector of samplesOf(mutatedStreams, 1009)) {
      const whole = readByOurs(vector.text, vector.methods);
      for (const cuts of waysToCut(vector.text)) {
        expect(readByOurs(vector.text, vector.methods, cuts), show(vector)).toEqual(whole);
      }
    }
  });
});

describe.each(deviations)('deviation $name: $reason', ({ shownBy, codes }) => {
  it.each(Object.entries(shownBy))('%s', (name, expected) => {
    const vector = known.get(name);
    if (vector === undefined) throw new Error(`no vector is called ${name}`);
    const oracle = readByLlhttp(vector.text, vector.methods, 'strict');
    for (const cuts of waysToCut(vector.text)) {
      const ours = readByOurs(vector.text, vector.methods, cuts);
      expect(ours.messages).toMatchObject(expected);
      expect(ours.messages).not.toEqual(oracle.messages);
      if (goesOn(ours, oracle)) expect(codes ?? []).toContain(oracle.error);
    }
  });
});
