import { connections as record } from '@tomte/model';
import { storedColumn } from './columns.ts';
import { defineConnectionView } from './connection-groups.ts';
import { ends } from './connection-ends.ts';

export const coverage = defineConnectionView({
  name: 'coverage',
  title: 'Coverage',
  meaning:
    'Connections by whether what was said on them could be read: a protocol that was recognised, and for TLS whether it was decrypted.',
  groups: {
    k8s_namespace_name: ends.namespace,
    service_name: ends.service,
    protocol: { ...storedColumn(record, 'protocol'), sql: 'r.protocol' },
    tls_state: { ...storedColumn(record, 'tls_state'), sql: 'r.tls_state' },
    tls_version: { ...storedColumn(record, 'tls_version'), sql: 'r.tls_version' },
  },
  orderBy: 'connection_count DESC',
  chart: { kind: 'bars', label: 'tls_state', value: 'connection_count' },
});
