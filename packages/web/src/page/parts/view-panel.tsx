import type { ViewDescription } from '../api/answer.ts';
import type { Parameters } from '../api/client.ts';
import { useView, useViews } from '../api/use-answer.ts';
import { useRange } from '../state/range.tsx';
import { Panel } from './panel.tsx';
import { Empty } from './states.tsx';
import { ViewChart } from './view-chart.tsx';
import { linkToView } from './view-link.ts';
import { ViewTable } from './view-table.tsx';

interface ViewPanelProps {
  readonly name: string;
  readonly parameters?: Parameters;
  /** What is said when there are no rows. */
  readonly nothing?: string;
  readonly isTableHidden?: boolean;
}

/** One view of many on a screen; its title leads to its own. */
export function ViewPanel({ name, ...rest }: ViewPanelProps) {
  const view = useViews().data?.find((one) => one.name === name);
  return view === undefined ? null : <Known view={view} {...rest} />;
}

function Known({
  view,
  parameters = {},
  nothing,
  isTableHidden,
}: Omit<ViewPanelProps, 'name'> & { readonly view: ViewDescription }) {
  const range = useRange();
  const answer = useView(view.name, parameters, range);
  const title = (
    <a class="quiet-link" href={linkToView(view.name)} title={view.meaning}>
      {view.title}
    </a>
  );
  return (
    <Panel title={title} query={answer} loadingRows={4}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty title={nothing ?? 'No rows in this time'} />
        ) : (
          <>
            <ViewChart view={view} rows={data} range={range} />
            {isTableHidden !== true && <ViewTable view={view} rows={data} />}
          </>
        )
      }
    </Panel>
  );
}
