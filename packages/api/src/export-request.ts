import type { SqlRow } from './sql-runner.ts';

/** One stored request in the forms of other tools. What was masked or cut stays so: nothing but the row is looked at. */
export const requestForms = ['json', 'har', 'curl'] as const;
export type RequestForm = (typeof requestForms)[number];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function headersOf(value: unknown): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(Object(value)).map(([name, held]) => ({ name, value: String(held) }));
}

function urlOf(row: SqlRow): string {
  const scheme = row['encrypted'] === true ? 'https' : 'http';
  const host = text(row['host']) || `${bracketed(text(row['server_address']))}:${String(row['server_port'])}`;
  const query = text(row['query']);
  return `${scheme}://${host}${text(row['path'])}${query === '' ? '' : `?${query}`}`;
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Milliseconds; -1 is HAR's word for what does not apply or is not known. */
function milliseconds(value: unknown): number {
  const ns = number(value);
  return ns === undefined ? -1 : ns / 1e6;
}

/** HAR 1.2 with one entry. */
export function toHar(row: SqlRow, version: string): object {
  const [send, wait] = [milliseconds(row['request_transfer_ns']), milliseconds(row['time_to_first_byte_ns'])];
  const total = milliseconds(row['duration_ns']);
  const receive = Math.min(send, wait, total) < 0 ? -1 : Math.max(0, total - send - wait);
  const httpVersion = `HTTP/${text(row['protocol_version']) || '1.1'}`;
  const requestBody = text(row['request_body']);
  const entry = {
    startedDateTime: text(row['start_time']),
    time: Math.max(0, total),
    request: {
      method: text(row['method']),
      url: urlOf(row),
      httpVersion,
      cookies: [],
      headers: headersOf(row['request_headers']),
      queryString: queryOf(text(row['query'])),
      headersSize: -1,
      bodySize: number(row['request_body_bytes']) ?? -1,
      ...(requestBody === ''
        ? {}
        : {
            postData: {
              mimeType: contentType(row['request_headers']),
              text: requestBody,
              ...cut(requestBody, row['request_body_bytes']),
            },
          }),
    },
    response: {
      status: number(row['status_code']) ?? 0,
      statusText: '',
      httpVersion,
      cookies: [],
      headers: headersOf(row['response_headers']),
      content: {
        size: number(row['response_body_bytes']) ?? 0,
        mimeType: contentType(row['response_headers']),
        text: text(row['response_body']),
        ...cut(text(row['response_body']), row['response_body_bytes']),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: number(row['response_body_bytes']) ?? -1,
    },
    cache: {},
    timings: { send, wait, receive },
    serverIPAddress: text(row['server_address']),
    connection: text(row['connection_id']),
    comment: 'Seen by Tomte; values that the agent masked stay masked.',
  };
  return { log: { version: '1.2', creator: { name: 'Tomte', version }, entries: [entry] } };
}

function contentType(headers: unknown): string {
  return text(Object(headers)['content-type']);
}

function queryOf(query: string): readonly object[] {
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

/** Says what of a body is kept, where that is not all. */
function cut(body: string, bytes: unknown): { readonly comment?: string } {
  const kept = Buffer.byteLength(body);
  const all = number(bytes) ?? kept;
  return kept < all ? { comment: `${kept} of ${all} bytes are kept` } : {};
}

/** A command for bash that asks again. Headers that curl makes itself are left to it. */
export function toCurl(row: SqlRow): string {
  const own = new Set(['content-length', 'transfer-encoding', 'connection', 'host']);
  const body = text(row['request_body']);
  const { comment } = cut(body, row['request_body_bytes']);
  const parts = [
    `curl ${quoted(urlOf(row))}`,
    `--request ${quoted(text(row['method']))}`,
    ...headersOf(row['request_headers'])
      .filter(({ name }) => !own.has(name))
      .map(({ name, value }) => `--header ${quoted(`${name}: ${value}`)}`),
    ...(body === '' ? [] : [`--data-binary ${quoted(body)}`]),
  ];
  const notes = [
    '# Values that the agent masked stay masked.',
    ...(comment === undefined ? [] : [`# Of the body ${comment}.`]),
  ];
  return `${notes.join('\n')}\n${parts.join(' \\\n  ')}\n`;
}

/** One word of bash, whatever it holds: what came off the wire runs nothing. */
function quoted(value: string): string {
  if (!/[\x00-\x1f\x7f]/.test(value)) return `'${value.replaceAll("'", "'\\''")}'`;
  const escaped = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `$'${escaped.replaceAll(/[\x01-\x1f\x7f]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`).replaceAll('\0', '')}'`;
}
