import { useViews } from '../api/use-answer.ts';
import { Search } from '../parts/search.tsx';
import { Loading, ProblemBox } from '../parts/states.tsx';
import { linkToView } from '../parts/view-link.ts';
import { usePlace } from '../state/location.ts';

/** Every question that Tomte knows, each with its answer behind it. */
export function Views() {
  const { data, error } = useViews();
  const wanted = (usePlace().query.get('q') ?? '').toLowerCase();
  if (error !== null) return <ProblemBox thrown={error} />;
  if (data === undefined) return <Loading rows={12} />;
  const shown = data.filter(({ name, title, meaning }) =>
    `${name} ${title} ${meaning}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <header class="page-head">
        <p class="quiet">
          {shown.length} of {data.length} views. Each is also <code>/api/v1/views/NAME</code> and a command.
        </p>
        <Search label="Find a view" />
      </header>
      <ul class="gallery">
        {shown.map(({ name, title, meaning, chart }) => (
          <li key={name}>
            <a href={linkToView(name)}>
              <strong>{title}</strong>
              <span>{meaning}</span>
              <small>
                {name} · {chart.kind}
              </small>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
