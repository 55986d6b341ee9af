import { type KeyboardEvent, useMemo, useRef } from 'react';
import type { ClipRecord } from '../../core/document/document.ts';
import { gridMove } from './grid-moves.ts';
import styles from './views.module.css';
import { useClipCanvases } from './use-clip-canvases.ts';
import { ViewTile } from './view-tile.tsx';

export interface ContactSheetProps {
  readonly clip: ClipRecord;
  /** The chosen one. */
  readonly view: number;
  readonly onChoose: (view: number) => void;
  readonly onOpen: () => void;
}

/** All views, one tile each. Arrows move through them, Enter opens one. */
export function ContactSheet({ clip, view, onChoose, onOpen }: ContactSheetProps) {
  const grid = useRef<HTMLDivElement>(null);
  const views = useMemo(() => clip.pictures.map((_, index) => index), [clip]);
  const take = useClipCanvases(clip, views);
  const move = (event: KeyboardEvent): void => {
    const element = grid.current;
    if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      onOpen();
      return;
    }
    const columns = getComputedStyle(element).gridTemplateColumns.split(' ').length;
    const next = gridMove(event.key, view, views.length, columns);
    if (next === undefined) return;
    // The arrows are the playhead's elsewhere.
    event.preventDefault();
    event.stopPropagation();
    onChoose(next);
    element.querySelectorAll<HTMLElement>('[role="option"]')[next]?.focus();
  };
  return (
    <div className={styles.scroll}>
      <div
        ref={grid}
        className={styles.sheet}
        role="listbox"
        aria-label="Views of the clip"
        aria-orientation="horizontal"
        onKeyDown={move}
      >
        {views.map((index) => (
          <ViewTile
            key={index}
            clip={clip}
            view={index}
            isChosen={index === view}
            take={take}
            onChoose={onChoose}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}
