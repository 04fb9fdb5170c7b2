import { useEffect, useRef, useState } from 'preact/hooks';
import type { Layout, LayoutQuestion } from './layout.ts';

let count = 0;

/** Where everything stands; the layout before stays until the next is there. Undefined at first. */
export function useLayout(question: Omit<LayoutQuestion, 'number'>): Layout | undefined {
  const worker = useRef<Worker>();
  const [layout, setLayout] = useState<Layout>();
  const latest = useRef(0);
  useEffect(() => {
    const started = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    started.addEventListener('message', ({ data }: MessageEvent<Layout>) => {
      if (data.number === latest.current) setLayout(data);
    });
    return () => started.terminate();
  }, []);
  const structure = JSON.stringify([question.nodes.map(({ id }) => id), question.edges]);
  useEffect(() => {
    count += 1;
    latest.current = count;
    worker.current?.postMessage({ number: count, ...question });
  }, [structure]);
  return layout;
}
