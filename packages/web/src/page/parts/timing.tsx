import type { Row } from '../api/answer.ts';
import { formatDuration } from '../format/value.ts';

interface Phase {
  readonly name: string;
  readonly what: string;
  readonly ns: number;
}

/** Where the time of a request went, as this end saw it. */
export function Timing({ row }: { readonly row: Row }) {
  const total = known(row['duration_ns']);
  const sending = known(row['request_transfer_ns']);
  const waiting = known(row['time_to_first_byte_ns']);
  if (total === undefined || sending === undefined || waiting === undefined)
    return <p class="quiet">Where the time went is not known: not all of its moments were seen.</p>;
  const phases: readonly Phase[] = [
    { name: 'Request', what: 'first to last byte of the request', ns: sending },
    { name: 'Waiting', what: 'last byte of the request to first byte of the response', ns: waiting },
    {
      name: 'Response',
      what: 'first to last byte of the response',
      ns: Math.max(0, total - sending - waiting),
    },
  ];
  return (
    <figure class="timing">
      <div class="phases" aria-hidden="true">
        {phases.map(({ name, ns }) => (
          <span
            key={name}
            class={`phase-${name.toLowerCase()}`}
            style={{ flexGrow: String(Math.max(ns / Math.max(total, 1), 0.004)) }}
          />
        ))}
      </div>
      <figcaption>
        {phases.map(({ name, what, ns }) => (
          <span key={name} class={`phase-${name.toLowerCase()}`} title={what}>
            {name} <strong>{formatDuration(ns)}</strong>
          </span>
        ))}
        <span>
          All <strong>{formatDuration(total)}</strong>
        </span>
      </figcaption>
    </figure>
  );
}

function known(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
