import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

interface PopoverProps {
  readonly kind: string;
  readonly face: ComponentChildren;
  readonly label: string;
  readonly children: ComponentChildren;
}

/** A button that opens a panel below it; Escape or a click elsewhere closes it. */
export function Popover({ kind, face, label, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (event: Event): void => {
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      const isOutside =
        event instanceof MouseEvent && !event.composedPath().includes(frame.current ?? document);
      if (isEscape || isOutside || event.type === 'hashchange') setOpen(false);
      if (isEscape) frame.current?.querySelector('button')?.focus();
    };
    for (const type of ['keydown', 'mousedown', 'hashchange']) addEventListener(type, close);
    return () => {
      for (const type of ['keydown', 'mousedown', 'hashchange']) removeEventListener(type, close);
    };
  }, [isOpen]);
  return (
    <div class="popover" ref={frame}>
      <button
        class={kind}
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={label}
        onClick={() => setOpen(!isOpen)}
      >
        {face}
      </button>
      {isOpen && (
        <div class="panel" id={id}>
          {children}
        </div>
      )}
    </div>
  );
}
