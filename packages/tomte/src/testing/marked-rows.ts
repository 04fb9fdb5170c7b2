import { type AnyRecord, type Column, namespacedTables, records, type TableName } from '@tomte/model';

/** Words that stand in every text of a row, by what the row or the column is: whoever is told one was told too much. */
export interface Marks {
  readonly row: string;
  readonly peer: string;
  readonly content: string;
}

interface Place {
  readonly namespace: string;
  readonly peerNamespace: string;
  readonly marks: Marks;
}

const shop = { row: 'SHOPROW', peer: 'SHOPPEER', content: 'SHOPCONTENT' };
const places: readonly Place[] = [
  { namespace: 'shop', peerNamespace: 'shop', marks: shop },
  { namespace: 'shop', peerNamespace: 'pay', marks: { ...shop, peer: 'PAYPEER' } },
  {
    namespace: 'pay',
    peerNamespace: 'shop',
    marks: { row: 'PAYROW', peer: 'SHOPPEER', content: 'PAYCONTENT' },
  },
  { namespace: '', peerNamespace: '', marks: { row: 'NODEROW', peer: 'NODEPEER', content: 'NODECONTENT' } },
];

/** Of each table with namespaces: two rows of shop, one of pay, one of none. Of the others one row. */
export function markedRows(table: TableName, time: string): readonly object[] {
  const record: AnyRecord = records[table];
  if (namespacedTables.some((name) => name === table))
    return places.map((place, index) => markedRow(record, place, { time, index }));
  const mark = table === 'loss' ? 'LOSSROW' : 'AGENTROW';
  const marks = { row: mark, peer: mark, content: mark };
  const row = markedRow(record, { namespace: '', peerNamespace: '', marks }, { time, index: 0 });
  return [table === 'loss' ? { ...row, source: 'socket_data', reason: 'ring_full', events: 4242 } : row];
}

function markedRow(
  record: AnyRecord,
  { namespace, peerNamespace, marks }: Place,
  { time, index }: { readonly time: string; readonly index: number },
): object {
  const cells = Object.entries(record.columns).flatMap(([name, column]) => {
    const value = markedValue(column, marks);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(cells),
    [record.timeColumn]: time,
    ...('end_time' in record.columns ? { end_time: time } : {}),
    ...('exchange_index' in record.columns
      ? { exchange_index: index, connection_id: 10 + index, role: 'server' }
      : {}),
    ...('k8s_namespace_name' in record.columns ? { k8s_namespace_name: namespace } : {}),
    ...('peer_k8s_namespace_name' in record.columns ? { peer_k8s_namespace_name: peerNamespace } : {}),
  };
}

function markedValue({ type, visibility, computed }: Column, marks: Marks): unknown {
  if (computed !== undefined) return undefined;
  const mark = marks[visibility ?? 'row'];
  if (type === 'String' || type === 'LowCardinality(String)') return mark;
  return type === 'Map' ? { [mark]: mark } : undefined;
}
