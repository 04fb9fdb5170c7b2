import { AppError } from '@tomte/kit';
import {
  encodeData,
  formatPromql,
  instantQuery,
  parsePromql,
  type PromqlAnswer,
  rangeQuery,
  type QueryOptions,
} from '@tomte/promql';
import { GRID_SECONDS, STALE_STEPS } from '@tomte/query';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readingFor } from '../access/authenticate.ts';
import type { Reading } from '../access/reading.ts';
import { type ApiContext, withinLimits } from '../context.ts';
import { completenessNotes } from '../prometheus/completeness-notes.ts';
import { failure, type Notes, type Success, success } from '../prometheus/envelope.ts';
import { findSeries, type SeriesFound } from '../prometheus/find-series.ts';
import { metadataOf } from '../prometheus/metadata.ts';
import { invalid, PrometheusParameters } from '../prometheus/parameters.ts';
import { rowSource } from '../prometheus/sample-source.ts';

const PREFIX = '/prometheus/api/v1';
/** The version of Prometheus whose language is spoken: Grafana chooses by it what it asks. */
const SPOKEN_VERSION = '3.0.0';

interface Asked {
  readonly parameters: PrometheusParameters;
  readonly reading: Reading;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  readonly request: FastifyRequest;
}

type Answer = (asked: Asked) => Promise<Success>;

interface Route {
  readonly path: string;
  readonly summary: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly answer: Answer;
}

const both = ['GET', 'POST'] as const;

const routes: readonly Route[] = [
  { path: '/query', summary: 'PromQL at one time', methods: both, answer: answerInstant },
  { path: '/query_range', summary: 'PromQL over a range', methods: both, answer: answerRange },
  {
    path: '/series',
    summary: 'Labels of the series that selectors match',
    methods: both,
    answer: answerSeries,
  },
  { path: '/labels', summary: 'Names of labels', methods: both, answer: answerLabels },
  { path: '/label/:name/values', summary: 'Values of a label', methods: ['GET'], answer: answerValues },
  {
    path: '/metadata',
    summary: 'Type, unit and meaning of each metric',
    methods: ['GET'],
    answer: answerMetadata,
  },
  { path: '/format_query', summary: 'PromQL, written well', methods: both, answer: answerFormatted },
  {
    path: '/query_exemplars',
    summary: 'Exemplars, of which there are none',
    methods: both,
    answer: () => Promise.resolve(success([])),
  },
];

/** Prometheus' HTTP API, in its own envelope, over samples that are made from the rows. */
export function prometheusRoutes(app: FastifyInstance, context: ApiContext): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, formOf(String(body))),
  );
  for (const route of routes) addRoute(app, context, route);
  app.get(
    `${PREFIX}/status/buildinfo`,
    {
      schema: { summary: 'Which Prometheus this answers as', tags: ['prometheus'] },
      config: { access: 'catalogue' },
    },
    () => success({ ...noBuild, version: SPOKEN_VERSION, revision: context.version }),
  );
}

const noBuild = { branch: '', buildUser: '', buildDate: '', goVersion: '' };

function formOf(body: string): Record<string, readonly string[]> {
  const parameters = new URLSearchParams(body);
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

function addRoute(app: FastifyInstance, context: ApiContext, route: Route): void {
  app.route({
    method: [...route.methods],
    url: `${PREFIX}${route.path}`,
    schema: { summary: route.summary, tags: ['prometheus'] },
    config: { access: 'rows' },
    errorHandler(thrown, _, reply) {
      // Who may not ask at all is told as everywhere; the rest in Prometheus' own form.
      if (!(thrown instanceof AppError) || isRefusal(thrown)) throw thrown;
      context.metrics.countError(thrown.code);
      const { httpStatus, body } = failure(thrown);
      void reply.code(httpStatus).send(body);
    },
    handler: (request, reply) => answer(context, route.answer, request, reply),
  });
}

function isRefusal({ code }: AppError): boolean {
  return /^API_(?:TOKEN|HOST|ORIGIN|NOTHING|CLUSTER_READER)_/.test(code);
}

async function answer(
  context: ApiContext,
  work: Answer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Success> {
  const reading = readingFor(request);
  const parameters = new PrometheusParameters(request);
  const nowMs = Number(context.clock.wallNs() / 1_000_000n);
  return withinLimits(context, reply, (signal) => work({ parameters, reading, nowMs, signal, request }));
}

function optionsOf({ parameters, reading, nowMs, signal }: Asked): QueryOptions {
  return {
    source: rowSource({ reading, nowMs, signal }),
    lookbackMs: parameters.durationMs('lookback_delta') ?? GRID_SECONDS * STALE_STEPS * 1_000,
    async breathe() {
      await new Promise(setImmediate);
      signal.throwIfAborted();
    },
  };
}

async function answerInstant(asked: Asked): Promise<Success> {
  const { parameters, nowMs } = asked;
  const timeMs = parameters.timeMs('time') ?? nowMs;
  return told(await instantQuery(parameters.required('query'), timeMs, optionsOf(asked)), asked);
}

async function answerRange(asked: Asked): Promise<Success> {
  const { parameters } = asked;
  const [startMs, endMs, stepMs] = [
    parameters.timeMs('start'),
    parameters.timeMs('end'),
    parameters.durationMs('step'),
  ];
  if (startMs === undefined) throw invalid('start', 'is missing');
  if (endMs === undefined) throw invalid('end', 'is missing');
  if (stepMs === undefined) throw invalid('step', 'is missing');
  return told(
    await rangeQuery(parameters.required('query'), { startMs, endMs, stepMs }, optionsOf(asked)),
    asked,
  );
}

async function told({ data, notes, lookedAt }: PromqlAnswer, asked: Asked): Promise<Success> {
  const lacking = await completenessNotes(lookedAt, asked);
  const { resultType, result } = encodeData(data);
  const isList = resultType === 'vector' || resultType === 'matrix';
  const cut = isList ? cutTo(result as readonly object[], asked) : { kept: result, warnings: [] }; // Proof: what a vector or matrix is.
  const all: Notes = {
    warnings: [...notes.warnings, ...lacking.warnings, ...cut.warnings],
    infos: [...notes.infos, ...lacking.infos],
  };
  return success({ resultType, result: cut.kept }, all);
}

function cutTo<T>(
  values: readonly T[],
  { parameters }: Asked,
): { readonly kept: readonly T[]; readonly warnings: readonly string[] } {
  const limit = parameters.limit();
  if (limit === undefined || values.length <= limit) return { kept: values, warnings: [] };
  return { kept: values.slice(0, limit), warnings: ['results truncated due to limit'] };
}

async function answerSeries(asked: Asked): Promise<Success> {
  if (asked.parameters.all('match[]').length === 0) throw invalid('match[]', 'no match[] parameter provided');
  const found = await findSeries(asked.parameters, asked);
  return listed(
    found.labels.map((labels) => labels.toObject()),
    found,
    asked,
  );
}

async function answerLabels(asked: Asked): Promise<Success> {
  const found = await findSeries(asked.parameters, asked);
  const names = new Set(found.labels.flatMap(({ pairs }) => pairs.map(([name]) => name)));
  return listed([...names].sort(), found, asked);
}

async function answerValues(asked: Asked): Promise<Success> {
  const { name } = asked.request.params as { readonly name: string }; // Proof: the route's own parameter.
  const found = await findSeries(asked.parameters, asked);
  const values = new Set(found.labels.map((labels) => labels.get(name)).filter((value) => value !== ''));
  return listed([...values].sort(), found, asked);
}

function listed<T>(values: readonly T[], { notes }: SeriesFound, asked: Asked): Success {
  const { kept, warnings } = cutTo(values, asked);
  return success(kept, { ...notes, warnings: [...notes.warnings, ...warnings] });
}

function answerMetadata({ parameters, reading }: Asked): Promise<Success> {
  return Promise.resolve(
    success(metadataOf(reading, { metric: parameters.text('metric'), limit: parameters.limit() })),
  );
}

function answerFormatted({ parameters }: Asked): Promise<Success> {
  const parsed = parsePromql(parameters.required('query'));
  if (!parsed.ok) throw parsed.error;
  return Promise.resolve(success(formatPromql(parsed.value)));
}
