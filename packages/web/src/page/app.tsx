import { lazy, Suspense } from 'preact/compat';
import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { Help } from './parts/help.tsx';
import { Empty, Loading } from './parts/states.tsx';
import { SideBar } from './parts/side-bar.tsx';
import { TokenGate } from './parts/token-gate.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { Services } from './pages/services.tsx';
import { linkTo, usePlace } from './state/location.ts';
import { RangeProvider } from './state/range.tsx';

/** Each page but the first comes when somebody looks at it. */
const pages: Readonly<Record<string, FunctionComponent>> = {
  '': Services,
  services: Services,
  service: lazy(async () => (await import('./pages/service.tsx')).Service),
  requests: lazy(async () => (await import('./pages/requests.tsx')).Requests),
  map: lazy(async () => (await import('./pages/map.tsx')).ServiceMap),
  views: lazy(async () => (await import('./pages/views.tsx')).Views),
  view: lazy(async () => (await import('./pages/view.tsx')).View),
  sql: lazy(async () => (await import('./pages/sql.tsx')).Sql),
  processes: lazy(async () => (await import('./pages/processes.tsx')).Processes),
  health: lazy(async () => (await import('./pages/health.tsx')).Health),
  request: lazy(async () => (await import('./pages/request.tsx')).RequestDetail),
};

export function App() {
  const { page } = usePlace();
  const Page = Object.hasOwn(pages, page) ? pages[page] : undefined;
  useEffect(() => document.querySelector('main')?.scrollTo(0, 0), [page]);
  return (
    <RangeProvider>
      <div class="shell">
        <a
          class="skip"
          href="#main"
          onClick={(event) => (event.preventDefault(), document.getElementById('main')?.focus())}
        >
          To the content
        </a>
        <SideBar />
        <div class="column">
          <TopBar />
          <main id="main" tabIndex={-1}>
            <TokenGate>
              <Suspense fallback={<Loading />}>
                {Page === undefined ? <NoPage name={page} /> : <Page />}
              </Suspense>
            </TokenGate>
          </main>
        </div>
        <Help />
      </div>
    </RangeProvider>
  );
}

function NoPage({ name }: { readonly name: string }) {
  return (
    <Empty title={`There is no page “${name}”`}>
      <a class="button" href={linkTo('services')}>
        Services
      </a>
    </Empty>
  );
}
