import { type DragEvent, useCallback, useState } from 'react';
import type { ClipRecord } from '../../core/document/document.ts';
import { attempt } from '../app/notices.ts';
import { useApp, useOpenedProject } from '../app/studio-context.ts';
import { useRecord } from '../inspector/use-record.ts';
import { takeView } from '../sources/source-actions.ts';
import { classes } from '../ui/button.tsx';
import type { TakeCanvas } from './use-clip-canvases.ts';
import { viewAngle } from './view-angle.ts';
import { type ViewState, viewState } from './view-state.ts';
import styles from './views.module.css';

export interface ViewTileProps {
  readonly clip: ClipRecord;
  readonly view: number;
  readonly isChosen: boolean;
  readonly take: TakeCanvas;
  readonly onChoose: (view: number) => void;
  readonly onOpen: () => void;
}

export const STATE_WORDS: Readonly<Record<ViewState, string | null>> = {
  generated: null,
  own: 'yours',
  next: 'yours, next time',
};

/** One view in motion. A picture that is dropped on it takes its place. */
export function ViewTile({ clip, view, isChosen, take, onChoose, onOpen }: ViewTileProps) {
  const { client } = useApp();
  const { project } = useOpenedProject();
  const views = useRecord('character')?.views;
  const [isOver, setIsOver] = useState(false);
  const canvas = useCallback(
    (element: HTMLCanvasElement | null) => {
      take(view, element);
    },
    [take, view],
  );
  const camera = clip.cameras[view];
  const angle = camera && viewAngle(camera);
  const words = STATE_WORDS[viewState(view, clip, views)];
  const name = [`View ${view}`, angle && `${angle.degrees} degrees, ${angle.side}`, words].filter(Boolean).join(', ');
  const drop = (event: DragEvent): void => {
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (!file?.type.startsWith('image/')) return;
    event.preventDefault();
    event.stopPropagation();
    attempt(() => takeView({ client, project }, view, file));
  };
  return (
    <div
      role="option"
      aria-selected={isChosen}
      tabIndex={isChosen ? 0 : -1}
      className={classes(styles.tile, isOver && styles.over)}
      onClick={() => {
        onChoose(view);
      }}
      onFocus={() => {
        onChoose(view);
      }}
      onDoubleClick={onOpen}
      onDragOver={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setIsOver(true);
      }}
      onDragLeave={() => {
        setIsOver(false);
      }}
      onDrop={drop}
    >
      <span className="visually-hidden">{name}</span>
      <canvas ref={canvas} className={styles.picture} width={1} height={1} />
      <span className={styles.label} aria-hidden>
        <span className={styles.number}>{view}</span>
        {angle && `${angle.degrees}°`}
      </span>
      {words !== null && (
        <span className={styles.badge} aria-hidden>
          {words}
        </span>
      )}
    </div>
  );
}
