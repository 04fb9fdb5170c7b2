import { AppError } from '@tomte/kit';
import { ApiClient, type JsonObject } from './api-client.ts';
import { clientOptions } from './client-options.ts';
import { completenessLines, objectOf } from './completeness-lines.ts';
import { formatBytes, formatTimeOfDay } from './format-value.ts';
import { hasColor, type Io } from './io.ts';
import { neutralText } from './neutral-text.ts';
import { parseAnswer } from './answer.ts';
import { toTable } from './table.ts';
import type { ApiOptionValues } from './verb-options.ts';
import { rowsOf } from './view-table.ts';

/** An agent that said nothing for so long is not there. */
const SILENT_AFTER_MS = 30_000;

/** Exit code 0: the store answers and at least one agent spoke of late; 1 otherwise. */
export async function runStatus(options: ApiOptionValues, io: Io): Promise<number> {
  const client = new ApiClient(clientOptions(options, io));
  const problem = await readiness(client);
  const agents = problem === undefined ? parseAnswer(await client.get('/api/v1/agents')) : {};
  const isHeard = rowsOf(agents).some((row) => !isSilent(row, io.nowMs()));
  const isWell = problem === undefined && isHeard;
  if (options.json === true) {
    const status = {
      url: client.url,
      is_ready: problem === undefined,
      problem: problem?.toLine() ?? null,
      is_well: isWell,
    };
    await io.out(`${JSON.stringify({ ...status, agents })}\n`);
    return isWell ? 0 : 1;
  }
  await io.out(
    `API    ${client.url}  answers\nStore  ${problem === undefined ? 'answers' : problem.toLine()}\n`,
  );
  if (problem === undefined) await printAgents(agents, io);
  return isWell ? 0 : 1;
}

async function readiness(client: ApiClient): Promise<AppError | undefined> {
  try {
    await client.get('/readyz');
    return undefined;
  } catch (thrown) {
    if (thrown instanceof AppError && !thrown.code.startsWith('CLI_')) return thrown;
    throw thrown;
  }
}

async function printAgents(agents: JsonObject, io: Io): Promise<void> {
  const rows = rowsOf(agents);
  const columns = ['AGENT', 'HOST', 'STATE', 'LAST HEARD', 'CAPTURES', 'UNSENT'].map((title) => ({
    title,
    align: 'left' as const,
  }));
  const cells = rows.map((row) => {
    const silent = isSilent(row, io.nowMs());
    return [
      { text: neutralText(String(row['agent_id'])) },
      { text: neutralText(String(row['host_name'])) },
      { text: silent ? 'silent' : 'watches', color: silent ? '31' : '32' },
      { text: formatTimeOfDay(String(row['time'])) },
      { text: neutralText(String(row['governor_step'])) },
      { text: formatBytes(Number(row['spool_bytes'])) },
    ];
  });
  await io.out(`\n${toTable(columns, cells, { hasColor: hasColor(io), widthColumns: io.widthColumns })}`);
  const isLossy = objectOf(agents['completeness'])['complete'] !== true;
  if (isLossy) io.talk(completenessLines(agents, rows.length));
}

function isSilent(row: JsonObject, nowMs: number): boolean {
  const lastMs = Date.parse(String(row['time']));
  return Number.isNaN(lastMs) || nowMs - lastMs > SILENT_AFTER_MS;
}
