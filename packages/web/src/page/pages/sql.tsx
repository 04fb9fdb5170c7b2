import { useQuery } from '@tanstack/preact-query';
import { lazy, Suspense } from 'preact/compat';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SqlAnswer } from '../api/answer.ts';
import { askSql } from '../api/client.ts';
import { toProblem } from '../api/problem.ts';
import { useViews } from '../api/use-answer.ts';
import { sqlSchemaOf } from '../data/sql-schema.ts';
import { formatBytes, formatCount } from '../format/value.ts';
import { downloadCsv } from '../parts/download.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { changed, go, usePlace } from '../state/location.ts';
import { useRange } from '../state/range.tsx';
import { toSeconds } from '../state/time.ts';

const SqlEditor = lazy(async () => (await import('../parts/sql-editor.tsx')).SqlEditor);

const IN_RANGE = 'start_time >= {from:DateTime64(9)} AND start_time < {to:DateTime64(9)}';
const examples: readonly (readonly [title: string, sql: string])[] = [
  [
    'Slowest paths',
    `SELECT service_name, method, path, count() AS requests,\n  quantile(0.99)(duration_ns) / 1e6 AS p99_ms\nFROM requests\nWHERE ${IN_RANGE}\n  AND role = 'server'\nGROUP BY service_name, method, path\nORDER BY p99_ms DESC\nLIMIT 50`,
  ],
  [
    'What failed, by minute',
    `SELECT toStartOfMinute(start_time) AS minute, service_name, count() AS failed\nFROM requests\nWHERE ${IN_RANGE}\n  AND outcome IN ('server_error', 'aborted', 'timed_out')\nGROUP BY minute, service_name\nORDER BY minute DESC, failed DESC`,
  ],
  [
    'Connections by TLS version',
    'SELECT * FROM connections\nWHERE end_time >= {from:DateTime64(9)} AND end_time < {to:DateTime64(9)}\nORDER BY end_time DESC\nLIMIT 100',
  ],
];
const LIMIT = 5_000;

/** SQL of ClickHouse as the read-only user, within what the asker may see. */
export function Sql() {
  const range = useRange();
  const { query } = usePlace();
  const asked = query.get('sql') ?? '';
  const [start, setStart] = useState({ text: asked === '' ? (examples[0]?.[1] ?? '') : asked, number: 0 });
  const text = useRef(start.text);
  const begin = (next: string): void => {
    text.current = next;
    setStart(({ number }) => ({ text: next, number: number + 1 }));
  };
  useEffect(() => {
    if (asked !== '' && asked !== text.current) begin(asked);
  }, [asked]);
  const schema = sqlSchemaOf(useViews().data ?? []);
  const answer = useQuery({
    queryKey: ['own-sql', asked, range.from, range.to],
    queryFn: ({ signal }) =>
      askSql(
        {
          sql: asked,
          params: { from: toSeconds(range.fromMs), to: toSeconds(range.toMs) },
          from: range.from,
          to: range.to,
          limit: LIMIT,
        },
        signal,
      ),
    enabled: asked !== '',
    retry: false,
  });
  const run = (sql: string): void => {
    if (sql === asked) void answer.refetch();
    else if (sql.trim() !== '') go(changed({ sql }));
  };
  return (
    <>
      <section class="panel-box">
        <Suspense fallback={<Loading rows={6} />}>
          <SqlEditor
            key={start.number}
            text={start.text}
            schema={schema}
            problem={answer.error === null ? undefined : toProblem(answer.error)}
            onChange={(next) => void (text.current = next)}
            onRun={run}
          />
        </Suspense>
        <div class="editor-tools">
          <button class="primary" onClick={() => run(text.current)}>
            Run <kbd>Ctrl ↵</kbd>
          </button>
          <Examples onTake={begin} />
          <span class="quiet">
            <code>{'{from:DateTime64(9)}'}</code> and <code>{'{to:DateTime64(9)}'}</code> are the time above.
          </span>
        </div>
      </section>
      {asked === '' ? (
        <Empty title="Ask something">
          <p>
            Tables are requests, connections, process_events, syscall_stats, loss and others: the editor
            completes their names and columns.
          </p>
        </Empty>
      ) : (
        <Panel
          title="Answer"
          query={answer}
          loadingRows={6}
          aside={answer.data !== undefined && <CsvButton answer={answer.data} />}
        >
          {(found) => <Result answer={found} />}
        </Panel>
      )}
    </>
  );
}

function Examples({ onTake }: { readonly onTake: (sql: string) => void }) {
  return (
    <label class="select">
      <span class="hidden">Examples</span>
      <select
        value=""
        onChange={({ currentTarget }) => onTake(examples[Number(currentTarget.value)]?.[1] ?? '')}
      >
        <option value="" disabled>
          Examples
        </option>
        {examples.map(([title], index) => (
          <option key={title} value={String(index)}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

const isNumeric = (type: string): boolean => /^(?:Nullable\()?(?:U?Int|Float|Decimal)/.test(type);

function Result({ answer }: { readonly answer: SqlAnswer }) {
  const { meta, data, statistics } = answer;
  const { query } = usePlace();
  const columns = meta.map(({ name, type }) => ({
    name,
    title: name,
    shape: { semantic: 'text', json: isNumeric(type) ? 'number' : 'string', meaning: type } as const,
  }));
  return (
    <>
      <p class="quiet">
        {formatCount(data.length)} rows in {(statistics.elapsed * 1_000).toFixed(0)} ms
        {statistics.rows_read !== null &&
          `, ${formatCount(statistics.rows_read)} rows and ${formatBytes(statistics.bytes_read ?? 0)} read`}
      </p>
      {data.length > 0 && (
        <Table
          label="Answer"
          columns={columns}
          rows={data}
          sort={query.get('sort') ?? undefined}
          onSort={(sort) => go(changed({ sort }), 'replace')}
        />
      )}
    </>
  );
}

function CsvButton({ answer: { meta, data } }: { readonly answer: SqlAnswer }) {
  return (
    <button
      class="plain"
      onClick={() =>
        downloadCsv(
          'answer.csv',
          meta.map(({ name }) => name),
          data,
        )
      }
    >
      CSV
    </button>
  );
}
