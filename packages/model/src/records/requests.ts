import { protocolNames } from '../protocol-id.ts';
import { defineRecord } from '../record.ts';
import {
  addressColumns,
  deliveryColumns,
  kubernetesColumns,
  peerColumns,
  processColumns,
} from './common-columns.ts';

/** How an exchange ended; `*_not_seen` never hides behind a made-up status. */
export const outcomes = [
  'ok',
  'client_error',
  'server_error',
  'not_observed',
  'aborted',
  'timed_out',
] as const;
export type RequestOutcome = (typeof outcomes)[number];

export const requests = defineRecord({
  table: 'requests',
  meaning:
    'One exchange (request and its response) of any application protocol, as seen at one end. ' +
    'An exchange seen at both ends is two rows with different roles and the same pair_key.',
  columns: {
    start_time: {
      type: 'DateTime64(9)',
      meaning: 'First byte of the request, at the observed end.',
      source: 'kernel',
      semantic: 'time',
      codec: "Delta, T64('bit'), ZSTD(1)",
    },
    duration_ns: {
      type: 'Nullable(UInt64)',
      meaning: 'First byte of the request to last byte of the response; null when either was not seen.',
      source: 'kernel',
      semantic: 'duration',
      unit: 'ns',
      codec: 'T64, ZSTD(1)',
    },
    time_to_first_byte_ns: {
      type: 'Nullable(UInt64)',
      meaning: 'Last byte of the request to first byte of the response; null when either was not seen.',
      source: 'kernel',
      semantic: 'duration',
      unit: 'ns',
      codec: 'T64, ZSTD(1)',
    },
    request_transfer_ns: {
      type: 'Nullable(UInt64)',
      meaning: 'First to last byte of the request; null when either was not seen.',
      source: 'kernel',
      semantic: 'duration',
      unit: 'ns',
      codec: 'T64, ZSTD(1)',
    },
    exchange_index: {
      type: 'UInt32',
      meaning:
        'Position of the exchange on its connection, from 0; with agent and connection it names the row.',
      source: 'agent',
      semantic: 'identifier',
      codec: "T64('bit'), ZSTD(1)",
    },
    pair_key: {
      type: 'UInt64',
      meaning:
        'Equal at both ends of one exchange: a hash of the connection that both ends share and of the position on it; ' +
        "where its start was not seen, of the client's socket address and the server's port in its place. " +
        '0 when it cannot be paired, with the reason in unpaired_reason.',
      source: 'store',
      semantic: 'identifier',
      computed:
        "multiIf(unpaired_reason != '', 0, bitTest(connection_id, 63), cityHash64(connection_id, exchange_index), " +
        'cityHash64(client_address, client_port, server_port, exchange_index))',
    },
    unpaired_reason: {
      type: 'LowCardinality(String)',
      meaning: 'Why pair_key is 0 (joined_late, gap, address_unknown); empty otherwise.',
      source: 'agent',
      semantic: 'reason',
    },
    service_name: {
      type: 'LowCardinality(String)',
      meaning:
        'Service of the observed process: its workload in a cluster, else the base name of its executable.',
      source: 'agent',
      semantic: 'service',
      otel: 'service.name',
    },
    peer_service_name: {
      type: 'LowCardinality(String)',
      meaning: 'Service at the other end, where it is known; empty otherwise.',
      source: 'agent',
      semantic: 'service',
      visibility: 'peer',
    },
    protocol: {
      type: 'Enum8',
      values: protocolNames,
      meaning: 'Application protocol.',
      source: 'wire',
      semantic: 'protocol',
      otel: 'network.protocol.name',
    },
    protocol_version: {
      type: 'LowCardinality(String)',
      meaning: 'Version of the protocol as the request says it, such as 1.1.',
      source: 'wire',
      semantic: 'text',
      otel: 'network.protocol.version',
    },
    encrypted: {
      type: 'Bool',
      meaning: 'The exchange was read from inside TLS.',
      source: 'kernel',
      semantic: 'flag',
    },
    method: {
      type: 'LowCardinality(String)',
      meaning: 'Method or command.',
      source: 'wire',
      semantic: 'text',
      otel: 'http.request.method',
    },
    host: {
      type: 'LowCardinality(String)',
      meaning: 'Host that the request names (Host header or absolute target); empty when it names none.',
      source: 'wire',
      semantic: 'text',
      otel: 'server.address',
    },
    path: {
      type: 'LowCardinality(String)',
      meaning: 'Path of the target, redacted, cut to 1,024 bytes.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      otel: 'url.path',
    },
    query: {
      type: 'String',
      meaning: 'Query of the target without the question mark, redacted, cut to 1,024 bytes.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      visibility: 'content',
      otel: 'url.query',
    },
    status_code: {
      type: 'Nullable(UInt16)',
      meaning: 'Status of the final response; null when it was not seen.',
      source: 'wire',
      semantic: 'status_code',
      otel: 'http.response.status_code',
    },
    outcome: {
      type: 'Enum8',
      values: outcomes,
      meaning:
        'ok, client_error (4xx), server_error (5xx), not_observed (the response was not seen), ' +
        'aborted (the connection ended first), timed_out (no answer within the limit).',
      source: 'agent',
      semantic: 'text',
    },
    request_bytes: {
      type: 'UInt64',
      meaning: 'True size of the request on the stream: start line, headers, body with its framing.',
      source: 'kernel',
      semantic: 'bytes',
      unit: 'By',
      codec: 'T64, ZSTD(1)',
    },
    request_body_bytes: {
      type: 'UInt64',
      meaning: 'True size of the request body without chunk framing, before content decoding.',
      source: 'wire',
      semantic: 'bytes',
      unit: 'By',
      codec: 'T64, ZSTD(1)',
      otel: 'http.request.body.size',
    },
    response_bytes: {
      type: 'UInt64',
      meaning:
        'True size of the response on the stream: interim responses, status line, headers, framed body.',
      source: 'kernel',
      semantic: 'bytes',
      unit: 'By',
      codec: 'T64, ZSTD(1)',
    },
    response_body_bytes: {
      type: 'UInt64',
      meaning: 'True size of the response body without chunk framing, before content decoding.',
      source: 'wire',
      semantic: 'bytes',
      unit: 'By',
      codec: 'T64, ZSTD(1)',
      otel: 'http.response.body.size',
    },
    request_missing_bytes: {
      type: 'UInt64',
      meaning: 'Bytes of the request that were lost on the way to the agent.',
      source: 'agent',
      semantic: 'bytes',
      unit: 'By',
      codec: 'ZSTD(1)',
    },
    response_missing_bytes: {
      type: 'UInt64',
      meaning: 'Bytes of the response that were lost on the way to the agent.',
      source: 'agent',
      semantic: 'bytes',
      unit: 'By',
      codec: 'ZSTD(1)',
    },
    missing_reason: {
      type: 'LowCardinality(String)',
      meaning: 'Why bytes or times are missing; empty when nothing is.',
      source: 'agent',
      semantic: 'reason',
    },
    request_headers: {
      type: 'Map',
      meaning: 'Request headers, names in lower case, repeated ones joined by a comma; redacted.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      visibility: 'content',
    },
    response_headers: {
      type: 'Map',
      meaning: 'Response headers, names in lower case, repeated ones joined by a comma; redacted.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      visibility: 'content',
    },
    request_body: {
      type: 'String',
      meaning: 'First bytes of the decoded request body, redacted, up to the configured size.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      visibility: 'content',
    },
    response_body: {
      type: 'String',
      meaning: 'First bytes of the decoded response body, redacted, up to the configured size.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      visibility: 'content',
    },
    trace_id: {
      type: 'String',
      meaning:
        'Trace id of the request (traceparent or B3), 32 lower-case hexadecimal digits; empty when it has none.',
      source: 'wire',
      semantic: 'trace_id',
    },
    span_id: {
      type: 'String',
      meaning: 'Span id that the request names as its parent, 16 hexadecimal digits; empty when it has none.',
      source: 'wire',
      semantic: 'span_id',
    },
    attributes: {
      type: 'Map',
      meaning: 'What only this protocol knows, by OpenTelemetry names.',
      source: 'wire',
      semantic: 'text',
      pii: 'possible',
      visibility: 'content',
    },
    ...addressColumns,
    ...processColumns,
    ...kubernetesColumns,
    ...peerColumns,
    ...deliveryColumns,
  },
  timeColumn: 'start_time',
  orderBy: ['service_name', 'toStartOfMinute(start_time)', 'start_time'],
  orderByWhy:
    'Lists and rollups ask for a service in a time range; neighbours of one service compress well. ' +
    'The minute comes first so that one minute of all services stays in few marks.',
  ttlDays: 14,
  indexes: [
    'INDEX by_batch batch_seq TYPE minmax GRANULARITY 1',
    'INDEX by_start start_time TYPE minmax GRANULARITY 1',
    'INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 4',
    'INDEX by_connection connection_id TYPE minmax GRANULARITY 1',
  ],
});
