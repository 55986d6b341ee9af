import type { MouseEvent, PointerEvent } from 'react';

/** What a tool hears of the pointer; each in whatever way it wants to know of it. */
export interface PointerTool<Input> {
  readonly pointerDown: (input: Input) => void;
  readonly pointerMove: (input: Input) => void;
  readonly pointerUp: (input: Input) => void;
  /** Takes back what is under way: the system took the pointer away. */
  readonly cancel: () => void;
}

interface DragProps {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerCancel: () => void;
}

/**
 * The handlers of an element that a tool works on. From press to release the pointer is the element's, wherever it goes.
 * @param last The last of the buttons that count, 0 being the first one; others are left to the page.
 */
export function dragProps<Input>(
  tool: PointerTool<Input>,
  read: (event: PointerEvent<HTMLElement>) => Input,
  last = 0,
): DragProps {
  return {
    onPointerDown: (event) => {
      if (event.button > last) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      // The middle one would scroll.
      if (event.button === 1) event.preventDefault();
      tool.pointerDown(read(event));
    },
    onPointerMove: (event) => {
      tool.pointerMove(read(event));
    },
    onPointerUp: (event) => {
      tool.pointerUp(read(event));
    },
    onPointerCancel: () => {
      tool.cancel();
    },
  };
}

/** Where the pointer is, in pixels from the upper left corner of the element that hears of it. */
export function placeIn(event: MouseEvent<HTMLElement>): { readonly x: number; readonly y: number } {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}
