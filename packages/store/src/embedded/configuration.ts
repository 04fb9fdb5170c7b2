import { tenantPasswordOf, tenantSlots } from '../tenants/tenant-login.ts';
import type { TenantSlot } from '../tenants/tenant-login.ts';

/** What the embedded server may use, sized for a laptop. */
export interface EmbeddedLimits {
  /** Memory of the whole server; queries fail before it is exceeded. */
  readonly maxServerMemoryBytes: number;
  /** Of one query of the read-only user. */
  readonly maxReaderMemoryBytes: number;
  readonly maxReaderSeconds: number;
  readonly maxReaderRowsRead: number;
  readonly maxReaderResultRows: number;
  readonly maxReaderResultBytes: number;
}

export const defaultEmbeddedLimits: EmbeddedLimits = {
  maxServerMemoryBytes: 1.5 * 2 ** 30,
  maxReaderMemoryBytes: 700 * 2 ** 20,
  maxReaderSeconds: 30,
  maxReaderRowsRead: 2_000_000_000,
  maxReaderResultRows: 1_000_000,
  maxReaderResultBytes: 64 * 2 ** 20,
};

export interface EmbeddedPaths {
  /** ClickHouse's own files. */
  readonly data: string;
  /** Configuration and the pipe; readable by the owner only. */
  readonly run: string;
  readonly configuration: string;
  readonly users: string;
  readonly stopPipe: string;
}

export interface EmbeddedSecrets {
  readonly adminPassword: string;
  readonly readerPassword: string;
}

export const ADMIN_USER = 'tomte';
export const READER_USER = 'tomte_reader';
export const DATABASE = 'tomte';

/** The Authorization header of HTTP's basic scheme. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function rule(user: string, password: string): string {
  return `<rule>
   <headers><Authorization>${basicAuthorization(user, password)}</Authorization></headers>
   <handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>
  </rule>`;
}

/**
 * `clickhouse local` logs itself in as `default` without a password, and neither an address nor a quota
 * keeps others from doing the same. So HTTP answers only to the Authorization headers of our own users.
 */
export function renderConfiguration(
  paths: EmbeddedPaths,
  secrets: EmbeddedSecrets,
  { limits, more }: { readonly limits: EmbeddedLimits; readonly more: string },
): string {
  return `<clickhouse>
 <logger><level>none</level></logger>
 <users_config>${escapeXml(paths.users)}</users_config>
 <user_files_path>${escapeXml(paths.run)}/</user_files_path>
 <max_server_memory_usage>${limits.maxServerMemoryBytes}</max_server_memory_usage>
 <mark_cache_size>${64 * 2 ** 20}</mark_cache_size>
 <uncompressed_cache_size>0</uncompressed_cache_size>
 <shutdown_wait_unfinished>0</shutdown_wait_unfinished>
 <max_concurrent_queries>64</max_concurrent_queries>
 <background_pool_size>2</background_pool_size>
 <background_schedule_pool_size>4</background_schedule_pool_size>
 <http_handlers>
  ${rule(ADMIN_USER, secrets.adminPassword)}
  ${rule(READER_USER, secrets.readerPassword)}
  ${tenantSlots(DATABASE)
    .map(({ user }) => rule(user, tenantPasswordOf(secrets.adminPassword)))
    .join('\n  ')}
  <rule><methods>GET</methods><url>/ping</url><handler><type>ping</type></handler></rule>
 </http_handlers>
 ${more}
</clickhouse>
`;
}

/** Settings that the reader may lower, never raise; 0 would mean no limit, hence the smallest value. */
function readerLimits(limits: EmbeddedLimits): readonly (readonly [string, number])[] {
  return [
    ['max_execution_time', limits.maxReaderSeconds],
    ['max_memory_usage', limits.maxReaderMemoryBytes],
    ['max_rows_to_read', limits.maxReaderRowsRead],
    ['max_result_rows', limits.maxReaderResultRows],
    ['max_result_bytes', limits.maxReaderResultBytes],
  ];
}

/** Of the function `range`, in one block. */
const MAX_RANGE_ELEMENTS = 1_000_000;

/** Nothing is spilled to disk: a question that needs more memory than it may have fails. */
function readerProfile(limits: EmbeddedLimits): string {
  const settings = readerLimits(limits);
  const values = settings.map(([name, value]) => `<${name}>${value}</${name}>`).join('\n   ');
  const constraints = settings
    .map(([name, value]) => `<${name}><min>1</min><max>${value}</max><changeable_in_readonly/></${name}>`)
    .join('\n    ');
  return `<reader>
   <readonly>1</readonly>
   <distributed_product_mode>global</distributed_product_mode>
   ${values}
   <max_bytes_before_external_group_by>0</max_bytes_before_external_group_by>
   <max_bytes_ratio_before_external_group_by>0</max_bytes_ratio_before_external_group_by>
   <max_bytes_before_external_sort>0</max_bytes_before_external_sort>
   <max_bytes_ratio_before_external_sort>0</max_bytes_ratio_before_external_sort>
   <function_range_max_elements_in_block>${MAX_RANGE_ELEMENTS}</function_range_max_elements_in_block>
   <max_concurrent_queries_for_user>16</max_concurrent_queries_for_user>
   <max_ast_depth>200</max_ast_depth>
   <max_query_size>262144</max_query_size>
   <cancel_http_readonly_queries_on_client_close>1</cancel_http_readonly_queries_on_client_close>
   <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
   <constraints>
    ${constraints}
   </constraints>
  </reader>`;
}

const bootGrants = ['SYSTEM LISTEN ON *.*', 'CREATE TEMPORARY TABLE ON *.*', 'READ ON FILE'];

const loopback = '<networks><ip>127.0.0.1</ip><ip>::1</ip></networks>';
const anywhere = '<networks><ip>::/0</ip></networks>';

/** Users cannot be made while the embedded server runs: it has no storage for them. So all of them stand here. */
function tenantUser({ user, prefix }: TenantSlot, password: string, networks: string): string {
  return `<${user}><password>${password}</password>${networks}<profile>reader</profile><quota>default</quota><grants><query>GRANT SELECT ON ${prefix}*.*</query></grants></${user}>`;
}

/** Our own users come from where the server listens; `default`, which has no password, never from beyond. */
export function renderUsers(
  secrets: EmbeddedSecrets,
  limits: EmbeddedLimits,
  { isPublic }: { readonly isPublic: boolean },
): string {
  const grants = bootGrants.map((grant) => `<query>GRANT ${grant}</query>`).join('');
  const from = isPublic ? anywhere : loopback;
  return `<clickhouse>
 <profiles>
  <default><async_insert>0</async_insert><distributed_foreground_insert>1</distributed_foreground_insert><distributed_product_mode>global</distributed_product_mode></default>
  ${readerProfile(limits)}
 </profiles>
 <users>
  <default><password></password>${loopback}<profile>default</profile><quota>default</quota><grants>${grants}</grants></default>
  <${ADMIN_USER}><password>${escapeXml(secrets.adminPassword)}</password>${from}<profile>default</profile><quota>default</quota><access_management>1</access_management></${ADMIN_USER}>
  <${READER_USER}><password>${escapeXml(secrets.readerPassword)}</password>${from}<profile>reader</profile><quota>default</quota><grants><query>GRANT SELECT ON ${DATABASE}.*</query></grants></${READER_USER}>
  ${tenantSlots(DATABASE)
    .map((slot) => tenantUser(slot, tenantPasswordOf(secrets.adminPassword), from))
    .join('\n  ')}
 </users>
 <quotas><default></default></quotas>
</clickhouse>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
