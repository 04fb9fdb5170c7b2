import type { FastifyReply } from 'fastify';
import { AppError } from '@tomte/kit';
import { formatTime, type QuestionParameters } from '@tomte/query';
import { clusterReaderNeeded, type Reading } from './access/reading.ts';
import { type ApiContext, withinLimits } from './context.ts';
import { apiError } from './errors.ts';

/** Path of an agent's own endpoint: the exchanges that it follows and that have not ended. */
const OPEN_REQUESTS_PATH = '/open-requests';
const AGENT_TIMEOUT_MS = 3_000;
const MAX_ANSWER_BYTES = 4_194_304;

interface AgentAnswer {
  readonly url: string;
  readonly rows: readonly unknown[];
  /** Empty when the agent answered. */
  readonly problem: string;
}

/** `state=open`: requests without an end, which are never stored. Each agent is asked; silence is told. */
export async function openRequests(
  context: ApiContext,
  { parameters, reading }: { readonly parameters: QuestionParameters; readonly reading: Reading },
  reply: FastifyReply,
): Promise<FastifyReply> {
  refuseOtherParameters(parameters);
  if (!reading.seesEverything) throw clusterReaderNeeded('open requests are told by the agents as they are');
  const answers = await withinLimits(context, reply, (signal) =>
    Promise.all(context.agentUrls().map((url) => askAgent(url, signal))),
  );
  const silent = answers.filter((answer) => answer.problem !== '');
  const data = answers.flatMap((answer) => answer.rows);
  return reply.send({
    view: 'requests',
    state: 'open',
    data,
    row_count: data.length,
    completeness: {
      complete: silent.length === 0 && answers.length > 0,
      incomplete_because: [
        ...(silent.length > 0 ? ['agent_silent'] : []),
        ...(answers.length === 0 ? ['no_agent'] : []),
      ],
      truncated: false,
      lost: [],
      agents_reporting: answers.filter((answer) => answer.problem === '').map(({ url }) => ({ url })),
      agents_silent: silent.map(({ url, problem }) => ({ url, problem })),
    },
  });
}

function refuseOtherParameters(parameters: QuestionParameters): void {
  const { state, ...others } = parameters;
  const family = 'user';
  if (state?.length !== 1 || state[0] !== 'open') {
    const remedy = 'Give state=open, or leave it away for stored requests.';
    throw new AppError('API_STATE_UNKNOWN', 'state can only be open', { family, remedy });
  }
  const [name] = Object.keys(others);
  if (name === undefined) return;
  const remedy = 'Give state=open alone: open requests are listed as they are.';
  throw new AppError('API_STATE_ALONE', `state=open stands beside ${JSON.stringify(name)}`, {
    family,
    remedy,
  });
}

async function askAgent(url: string, signal: AbortSignal): Promise<AgentAnswer> {
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(AGENT_TIMEOUT_MS)]);
    const response = await fetch(new URL(OPEN_REQUESTS_PATH, url), { signal: deadline, redirect: 'error' });
    if (!response.ok) return { url, rows: [], problem: `status ${response.status}` };
    return { url, rows: rowsOf(await boundedJson(response)), problem: '' };
  } catch (thrown) {
    signal.throwIfAborted();
    return { url, rows: [], problem: AppError.from(thrown, 'API_AGENT_SILENT').message };
  }
}

async function boundedJson(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let totalBytes = 0;
  for await (const part of response.body ?? []) {
    totalBytes += part.length;
    if (totalBytes > MAX_ANSWER_BYTES) {
      throw apiError('API_AGENT_SILENT', `the agent's answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    }
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString());
}

/** `{ data: [...] }`, as every endpoint of ours answers. */
function rowsOf(answer: unknown): readonly unknown[] {
  const data: unknown =
    typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : undefined;
  return Array.isArray(data) ? data.map(toOpenRow) : [];
}

/** The agent's camel case → the columns of `requests`, and the age beside them. */
function toOpenRow(value: unknown): Readonly<Record<string, unknown>> {
  const { startTimeNs, ageMs, ...others }: Readonly<Record<string, unknown>> = { ...Object(value) };
  const startNs =
    typeof startTimeNs === 'string' && /^\d{1,19}$/.test(startTimeNs) ? BigInt(startTimeNs) : 0n;
  const named = Object.entries(others).map(([name, field]) => [snakeCase(name), field] as const);
  return { start_time: formatTime(startNs), age_ns: Number(ageMs) * 1e6, ...Object.fromEntries(named) };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
