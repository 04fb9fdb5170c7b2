import { useEffect, useRef, useState } from 'preact/hooks';

export interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Nobody looks closer than this, in pixels of the drawing. */
const LEAST_SEEN = 300;
const STEP = 1.25;

/** What part of a drawing is seen: the wheel and the buttons zoom, dragging moves. */
export function useViewBox(width: number, height: number) {
  const svg = useRef<SVGSVGElement>(null);
  const [box, setBox] = useState<ViewBox>({ x: 0, y: 0, width, height });
  const fit = (): void => {
    const room = { width: svg.current?.clientWidth ?? width, height: svg.current?.clientHeight ?? height };
    const scale = Math.min(1, room.width / width, room.height / height);
    const seen = { width: room.width / scale, height: room.height / scale };
    setBox({ x: (width - seen.width) / 2, y: (height - seen.height) / 2, ...seen });
  };
  useEffect(fit, [width, height]);
  const zoom = (factor: number, at?: { readonly x: number; readonly y: number }): void =>
    setBox((before) => {
      const next = Math.min(Math.max(width, LEAST_SEEN) * 2, Math.max(LEAST_SEEN, before.width * factor));
      const scale = next / before.width;
      const { x, y } = at ?? { x: before.x + before.width / 2, y: before.y + before.height / 2 };
      return {
        x: x - (x - before.x) * scale,
        y: y - (y - before.y) * scale,
        width: next,
        height: before.height * scale,
      };
    });
  useEffect(() => {
    const element = svg.current;
    if (element === null) return undefined;
    const turn = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) return; // A wheel alone moves the page.
      event.preventDefault();
      zoom(event.deltaY > 0 ? STEP : 1 / STEP, pointOf(element, event));
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [width, height]);
  const drag = (event: PointerEvent): void => {
    const element = svg.current;
    const isOnNode = event.target instanceof Element && event.target.closest('a') !== null;
    if (element === null || event.button !== 0 || isOnNode) return;
    const start = { x: event.clientX, y: event.clientY, box };
    const scale = box.width / element.clientWidth;
    const move = ({ clientX, clientY }: PointerEvent): void =>
      setBox({
        ...start.box,
        x: start.box.x - (clientX - start.x) * scale,
        y: start.box.y - (clientY - start.y) * scale,
      });
    const end = (): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
  };
  return { svg, box, drag, fit, zoomIn: () => zoom(1 / STEP), zoomOut: () => zoom(STEP) };
}

function pointOf(element: SVGSVGElement, { clientX, clientY }: WheelEvent): DOMPoint {
  const matrix = element.getScreenCTM()?.inverse();
  return new DOMPoint(clientX, clientY).matrixTransform(matrix);
}
