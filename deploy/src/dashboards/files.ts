import { format, resolveConfig } from 'prettier';
import { type Board, buildBoard } from './board.ts';
import { agents } from './boards/agents.ts';
import { cluster } from './boards/cluster.ts';
import { namespace } from './boards/namespace.ts';
import { processes } from './boards/processes.ts';
import { service } from './boards/service.ts';
import { checkExpression } from './check-expression.ts';
import { queriesOf } from './parts.ts';

export const boards: readonly Board[] = [cluster, namespace, service, processes, agents];

export interface DashboardFile {
  /** In the folder of dashboards. */
  readonly name: string;
  readonly text: string;
}

/** Every dashboard as the chart ships it. Throws where a query asks for what is not declared. */
export async function dashboardFiles(folder: string): Promise<readonly DashboardFile[]> {
  return Promise.all(
    boards.map(async (board) => {
      const dashboard = buildBoard(board);
      for (const { expr } of queriesOf(dashboard)) checkExpression(expr);
      const name = `${board.name}.json`;
      const filepath = `${folder}/${name}`;
      const text = await format(JSON.stringify(dashboard), { ...(await resolveConfig(filepath)), filepath });
      return { name, text };
    }),
  );
}
