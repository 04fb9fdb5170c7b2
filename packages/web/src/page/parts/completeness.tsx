import type { Completeness } from '../api/answer.ts';
import { formatBytes, formatCount } from '../format/value.ts';
import { linkTo } from '../state/location.ts';
import { Popover } from './popover.tsx';

const because: Readonly<Record<string, string>> = {
  loss: 'something that happened in this time was not captured or not stored whole',
  truncated: 'there are more rows than were asked for',
  sampled: 'an agent captured only a part, to stay within its budget',
  no_agent: 'no agent reported in this time',
  agent_silent: 'an agent did not answer',
  namespaces_cut: 'there were more namespaces than one answer can be about',
};

/** How whole an answer is; opened, what it lacks and why. */
export function CompletenessBadge({ completeness }: { readonly completeness: Completeness | undefined }) {
  if (completeness === undefined) return null;
  const { complete, incomplete_because: reasons, lost, agents_reporting: agents, scope } = completeness;
  const face = complete ? 'Complete' : reasons.includes('loss') ? 'Something was lost' : 'Partial';
  return (
    <Popover
      kind={`badge ${complete ? 'good' : 'partial'}`}
      face={face}
      label={`How complete this answer is: ${face}`}
    >
      <h2>{complete ? 'Nothing is missing here' : 'What is missing here'}</h2>
      {!complete && (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{because[reason] ?? reason}</li>
          ))}
        </ul>
      )}
      {lost.length > 0 && <LostTable lost={lost} />}
      {scope !== undefined && <ScopeWords scope={scope} />}
      <p class="quiet">
        {agents.length === 0
          ? 'No agent is named.'
          : `${agents.length} agent${agents.length === 1 ? '' : 's'} reported.`}{' '}
        <a href={linkTo('health')}>Agents, probes and loss</a>
      </p>
    </Popover>
  );
}

function LostTable({ lost }: { readonly lost: Completeness['lost'] }) {
  return (
    <table class="small">
      <thead>
        <tr>
          <th scope="col">reason</th>
          <th scope="col">where</th>
          <th scope="col" class="number">
            events
          </th>
          <th scope="col" class="number">
            bytes
          </th>
        </tr>
      </thead>
      <tbody>
        {lost.map((part) => (
          <tr key={`${part.reason} ${part.source}`}>
            <td>{part.reason}</td>
            <td>{part.source}</td>
            <td class="number">{amount(part.events, part.unknown_count, formatCount)}</td>
            <td class="number">{part.bytes === null ? 'unknown' : formatBytes(part.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function amount(known: number | null, unknownCount: number, format: (value: number) => string): string {
  if (known === null) return 'unknown';
  return unknownCount === 0 ? format(known) : `${format(known)} + ${unknownCount} unknown`;
}

function ScopeWords({ scope }: { readonly scope: NonNullable<Completeness['scope']> }) {
  const names = (list: 'all' | readonly string[]): string =>
    list === 'all' ? 'all namespaces' : list.length === 0 ? 'none' : list.join(', ');
  return (
    <p>
      You see rows of {names(scope.namespaces)}, and content of {names(scope.content_of)}.
    </p>
  );
}
