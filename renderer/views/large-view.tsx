import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from 'react';
import type { ClipRecord } from '../../core/document/document.ts';
import { IconButton } from '../ui/button.tsx';
import { useClipCanvases } from './use-clip-canvases.ts';
import { viewAngle } from './view-angle.ts';
import styles from './views.module.css';

export interface LargeViewProps {
  readonly clip: ClipRecord;
  readonly view: number;
  readonly onChoose: (view: number) => void;
  readonly onClose: () => void;
}

/** One view as large as there is room, in the clip's own pixels. Arrows go around the character, Escape goes back. */
export function LargeView({ clip, view, onChoose, onClose }: LargeViewProps) {
  const area = useRef<HTMLDivElement>(null);
  const views = useMemo(() => [view], [view]);
  const take = useClipCanvases(clip, views);
  const canvas = useCallback(
    (element: HTMLCanvasElement | null) => {
      take(view, element);
    },
    [take, view],
  );
  useEffect(() => {
    area.current?.focus();
  }, []);
  const count = clip.pictures.length;
  const turn = (by: number) => () => {
    onChoose((view + by + count) % count);
  };
  const camera = clip.cameras[view];
  const angle = camera && viewAngle(camera);
  const keys = (event: KeyboardEvent): void => {
    const act = { ArrowLeft: turn(-1), ArrowRight: turn(1), Escape: onClose }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const name = `View ${view}${angle ? `, ${angle.degrees} degrees, ${angle.side}` : ''}`;
  return (
    <div ref={area} className={styles.large} role="group" aria-label={name} tabIndex={-1} onKeyDown={keys}>
      <IconButton icon={ChevronLeft} label="View before" onClick={turn(-1)} />
      <canvas ref={canvas} className={styles.largePicture} width={1} height={1} role="img" aria-label={name} />
      <IconButton icon={ChevronRight} label="Next view" onClick={turn(1)} />
    </div>
  );
}
