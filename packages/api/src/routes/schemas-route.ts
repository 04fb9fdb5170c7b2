import type { FastifyInstance } from 'fastify';
import { catalogue } from '@tomte/model';

/** Every table and column, for SQL and for those who write it. */
export function schemasRoute(app: FastifyInstance): void {
  const schema = { summary: 'Every table with its columns, types, units and meanings', tags: ['sql'] };
  app.get('/api/v1/schemas', { schema, config: { access: 'catalogue' } }, () => ({
    data: catalogue.map(({ table, meaning, timeColumn, ttlDays, columns }) => ({
      table,
      meaning,
      time_column: timeColumn,
      ttl_days: ttlDays,
      columns: columns.map(({ name, type, unit, semantic, meaning: about, otel, values }) => ({
        name,
        type,
        unit,
        semantic,
        meaning: about,
        otel,
        values,
      })),
    })),
  }));
}
