import type { ChildEvent } from '../supervisor/child-keeper.ts';

/** What `up` says while it runs. */
export type UpEvent =
  | ChildEvent
  | { readonly kind: 'clickhouse_ready'; readonly pid: number }
  | { readonly kind: 'clickhouse_died'; readonly lastWords: string }
  | { readonly kind: 'clickhouse_restarted'; readonly pid: number }
  | {
      readonly kind: 'running';
      readonly url: string;
      readonly ingest: string;
      readonly data: string;
      readonly pids: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' };

/** On stderr for people; with --json on stdout, an event a line. */
export function createTeller(isJson: boolean): (event: UpEvent) => void {
  if (isJson) return (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  return (event) => {
    const line = sentence(event);
    if (line !== undefined) process.stderr.write(`${line}\n`);
  };
}

function sentence(event: UpEvent): string | undefined {
  switch (event.kind) {
    case 'ready':
    case 'clickhouse_ready':
    case 'stopped':
      return undefined;
    case 'died':
      return `The ${event.name} (pid ${event.pid}) ended: ${event.how}.`;
    case 'restarting':
      return `The ${event.name} starts again in ${event.afterMs} ms.`;
    case 'clickhouse_died':
      return `ClickHouse ended${event.lastWords === '' ? '' : `: ${event.lastWords}`}.`;
    case 'clickhouse_restarted':
      return `ClickHouse runs again (pid ${event.pid}).`;
    case 'running':
      return `Tomte runs. Look: ${event.url}/   data: ${event.data}\nTry: tomte requests --follow${urlHint(event.url)}   (Ctrl-C here ends it)`;
    case 'stopping':
      return 'Stopping …';
  }
}

function urlHint(url: string): string {
  return url === 'http://127.0.0.1:4680' ? '' : ` --url ${url}`;
}
