import { useMemo } from 'preact/hooks';
import type { Row } from '../api/answer.ts';
import { Drawing } from '../map/drawing.tsx';
import { toGraph } from '../map/graph-model.ts';

interface GraphProps {
  readonly rows: readonly Row[];
  readonly from: string;
  readonly to: string;
  readonly weight: string;
  readonly write: (value: number) => string;
}

/** Who is connected with whom, of any view that says so. */
export function Graph({ rows, from, to, weight, write }: GraphProps) {
  const graph = useMemo(
    () =>
      toGraph(
        rows.map((row) => ({
          client_namespace_name: '',
          server_namespace_name: '',
          client_service_name: row[from],
          server_service_name: row[to],
          requests_per_second: row[weight] ?? 0,
          request_count: row['request_count'] ?? 1,
          error_count: row['error_count'] ?? 0,
          duration_p99_ns: row['duration_p99_ns'] ?? null,
        })),
        { open: 'all', wanted: '', isFailing: false },
      ),
    [rows, from, to, weight],
  );
  return <Drawing graph={graph} write={write} />;
}
