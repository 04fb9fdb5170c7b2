/** What is not stored whole, of one reason. */
export interface Lost {
  readonly reason: string;
  readonly events: number;
  readonly bytes: number;
}

const MEBIBYTE = 1_048_576;

/** Events by reason. What was only cut is stored, so that it is no dropped event. */
export function droppedEvents(lost: readonly Lost[]): Readonly<Record<string, number>> {
  return Object.fromEntries(lost.flatMap(({ reason, events }) => (events > 0 ? [[reason, events]] : [])));
}

/** For people: `ring_full 17 events, 0.4 MiB; not_in_memory 1.2 MiB`. */
export function lostWords(lost: readonly Lost[]): string {
  if (lost.length === 0) return 'nothing';
  return lost.map(({ reason, events, bytes }) => `${reason} ${amounts(events, bytes)}`).join('; ');
}

function amounts(events: number, bytes: number): string {
  const amount = `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
  return events === 0 ? amount : `${events} events, ${amount}`;
}
