import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { classes } from './button.tsx';
import { dragProps } from './pointer-drag.ts';
import styles from './splitter.module.css';

export interface SplitterProps {
  /** "Width of the sources" */
  readonly label: string;
  /** Id of the panel that it sizes. */
  readonly controls: string;
  /** Which side of the splitter the panel is on. */
  readonly panel: 'left' | 'right' | 'bottom';
  /** Size of the panel in pixels, 0 while it is hidden, and its limits. */
  readonly now: number;
  readonly min: number;
  readonly max: number;
  /** Pixels an arrow key moves it by. */
  readonly step: number;
  readonly className?: string | undefined;
  /** Another size, again and again while it is dragged. Where the panel gives way, that from before the drag. */
  readonly onMove: (size: number, isHidden: boolean) => void;
  /** What it was moved to last is to be kept. */
  readonly onDone: () => void;
  /** As large as of its own accord. */
  readonly onReset: () => void;
  /** Hides the panel, or shows it again. */
  readonly onToggle: () => void;
}

/** Dragged so far below its smallest size, as a part of that, a panel goes away. */
const GIVES_WAY = 0.5;

/** The line between a panel and the stage: dragged, moved by the arrow keys, reset by a double click, hidden by Enter. */
export function Splitter(props: SplitterProps) {
  const { label, controls, panel, now, min, max, className, onMove, onDone, onReset, onToggle } = props;
  const [start, setStart] = useState<{ readonly at: number; readonly size: number } | null>(null);
  const grows = panel === 'left' ? 1 : -1;
  const isAcross = panel === 'bottom';
  const inLimits = (size: number): number => Math.min(Math.max(size, min), max);
  const drag = {
    pointerDown: (at: number) => {
      setStart({ at, size: now });
    },
    pointerMove: (at: number) => {
      if (!start) return;
      const size = start.size + (at - start.at) * grows;
      const isHidden = size < min * GIVES_WAY;
      onMove(isHidden ? start.size : inLimits(size), isHidden);
    },
    pointerUp: () => {
      if (start) onDone();
      setStart(null);
    },
    cancel: () => {
      setStart(null);
      onDone();
    },
  };
  const keyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const to = sizeAfter(event, props, grows);
    if (event.key === 'Enter') onToggle();
    else if (to === undefined) return;
    else {
      onMove(inLimits(to), false);
      onDone();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={classes(styles.splitter, isAcross ? styles.across : styles.upright, className)}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-controls={controls}
      aria-orientation={isAcross ? 'horizontal' : 'vertical'}
      aria-valuemin={0}
      aria-valuemax={Math.round(max)}
      aria-valuenow={Math.round(now)}
      aria-valuetext={now === 0 ? 'hidden' : `${Math.round(now)} pixels`}
      title={`${label}: drag, or double-click to reset`}
      {...dragProps(drag, (event: PointerEvent) => (isAcross ? event.clientY : event.clientX))}
      onDoubleClick={onReset}
      onKeyDown={keyDown}
    />
  );
}

/** The size that a key asks for; undefined: it asks for none. */
function sizeAfter(
  { key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent,
  { panel, now, min, max, step }: SplitterProps,
  grows: 1 | -1,
): number | undefined {
  if (altKey || ctrlKey || metaKey) return undefined;
  const by = step * (shiftKey ? 4 : 1) * grows;
  const [back, on] = panel === 'bottom' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
  if (key === back) return now - by;
  if (key === on) return now + by;
  return { Home: min, End: max }[key];
}
