import { useQuery } from '@tanstack/preact-query';
import type { Row } from '../api/answer.ts';
import { useState } from 'preact/hooks';
import { askRequest, exportRequest } from '../api/client.ts';
import { toProblem } from '../api/problem.ts';
import { download } from '../parts/download.ts';
import { Body } from '../parts/body.tsx';
import { Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/panel.tsx';
import { Status } from '../parts/status.tsx';
import { Timing } from '../parts/timing.tsx';
import { formatDuration, formatTime } from '../format/value.ts';
import { linkTo, usePlace } from '../state/location.ts';

/** One request: what was said, when, over which connection, by which process and pod at both ends. */
export function RequestDetail() {
  const id = usePlace().query.get('id') ?? '';
  const answer = useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) => askRequest(id, signal),
    staleTime: Infinity,
  });
  return <Panel query={answer}>{({ data: row }) => <Detail row={row} />}</Panel>;
}

const text = (row: Row, name: string): string => String(row[name] ?? '');

function Detail({ row }: { readonly row: Row }) {
  const query = text(row, 'query');
  return (
    <div class="request">
      <header class="page-head">
        <Status row={row} />
        <h1>
          <span class="method">{text(row, 'method')}</span> {text(row, 'path')}
          {query !== '' && <span class="quiet">?{query}</span>}
        </h1>
        <p class="quiet">
          {text(row, 'host')} · {text(row, 'protocol')} {text(row, 'protocol_version')}
          {row['encrypted'] === true ? ' inside TLS' : ''} · {formatTime(text(row, 'start_time'))}
          {row['duration_ns'] !== null && ` · ${formatDuration(Number(row['duration_ns']))}`}
        </p>
      </header>
      <Missing row={row} />
      <Timing row={row} />
      <div class="halves">
        <Message row={row} side="request" />
        <Message row={row} side="response" />
      </div>
      <div class="halves">
        <Facts
          title={row['role'] === 'client' ? 'Client (seen here)' : 'Server (seen here)'}
          row={row}
          names={ownNames}
        />
        <Facts
          title={row['role'] === 'client' ? 'Server (other end)' : 'Client (other end)'}
          row={row}
          names={peerNames}
        />
      </div>
      <Facts title="Connection and capture" row={row} names={connectionNames} />
      <p class="actions">
        <Exports id={text(row, 'id')} />
        <a class="button" href={around(row, { f: [`connection_id=${text(row, 'connection_id')}`] })}>
          All of this connection
        </a>
        {text(row, 'trace_id') !== '' && (
          <a class="button" href={around(row, { f: [`trace_id=${text(row, 'trace_id')}`] })}>
            All of this trace
          </a>
        )}
        <a
          class="button"
          href={around(row, { f: [`path=${text(row, 'path')}`, `method=${text(row, 'method')}`] })}
        >
          The same endpoint
        </a>
      </p>
    </div>
  );
}

/** The request in the words of other tools; what was masked stays masked. */
function Exports({ id }: { readonly id: string }) {
  const [said, setSaid] = useState('');
  const copy = (): void =>
    void exportRequest(id, 'curl')
      .then((command) => navigator.clipboard.writeText(command))
      .then(
        () => setSaid('Copied'),
        (thrown: unknown) => setSaid(toProblem(thrown).message),
      );
  const save = (): void =>
    void exportRequest(id, 'har').then(
      (har) => download('request.har', 'application/json', har),
      (thrown: unknown) => setSaid(toProblem(thrown).message),
    );
  return (
    <>
      <button onClick={copy}>Copy as curl</button>
      <button onClick={save}>Save as HAR</button>
      <span role="status" class="quiet">
        {said}
      </span>
    </>
  );
}

const AROUND_MS = 900_000;

/** Requests around the time of this one. */
function around(row: Row, query: { readonly f: readonly string[] }): string {
  const startMs = Date.parse(text(row, 'start_time'));
  const at = (ms: number): string => new Date(ms).toISOString();
  return linkTo('requests', {
    ...query,
    from: at(startMs - AROUND_MS),
    to: at(startMs + AROUND_MS),
    every: undefined,
  });
}

function Missing({ row }: { readonly row: Row }) {
  const reason = text(row, 'missing_reason');
  if (reason === '') return null;
  return (
    <p class="notice">
      Not all of it was seen ({reason}): {text(row, 'request_missing_bytes')} bytes of the request and{' '}
      {text(row, 'response_missing_bytes')} of the response are missing.
    </p>
  );
}

function Message({ row, side }: { readonly row: Row; readonly side: 'request' | 'response' }) {
  const headers = Object.entries(Object(row[`${side}_headers`]) as Record<string, string>); // Proof: a map of texts.
  const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  return (
    <section class="box">
      <h2>{side === 'request' ? 'Request' : 'Response'}</h2>
      {headers.length === 0 ? (
        <p class="quiet">No headers are told: there were none, or they are not for you to see.</p>
      ) : (
        <dl class="headers">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <Body
        content={text(row, `${side}_body`)}
        contentType={contentType}
        sizeBytes={Number(row[`${side}_body_bytes`] ?? 0)}
      />
    </section>
  );
}

const ownNames = [
  'service_name',
  'process_name',
  'pid',
  'process_command_line',
  'process_executable',
  'process_start_time',
  'k8s_namespace_name',
  'k8s_pod_name',
  'k8s_container_name',
  'k8s_workload_kind',
  'k8s_workload_name',
  'k8s_service_name',
  'k8s_node_name',
  'container_id',
  'host_name',
  'k8s_unresolved_reason',
];
const peerNames = [
  'peer_service_name',
  'peer_kind',
  'peer_k8s_namespace_name',
  'peer_k8s_pod_name',
  'peer_k8s_workload_kind',
  'peer_k8s_workload_name',
  'peer_k8s_service_name',
  'peer_k8s_node_name',
  'peer_unresolved_reason',
];
const connectionNames = [
  'client_address',
  'client_port',
  'server_address',
  'server_port',
  'connection_id',
  'exchange_index',
  'role',
  'pair_key',
  'unpaired_reason',
  'request_bytes',
  'response_bytes',
  'trace_id',
  'span_id',
  'agent_id',
  'k8s_cluster_name',
  'id',
];
