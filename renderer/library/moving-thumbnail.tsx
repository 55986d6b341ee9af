import { useEffect, useState } from 'react';
import { thumbnailUrl } from '../../preload/contract/contract.ts';
import type { ProjectCard } from '../../preload/contract/library.ts';

const TURN_MS = 2400;

/** The project's small pictures; they turn while the pointer or the focus is on the tile. */
export function MovingThumbnail({ card: { id, thumbnails, modified } }: { readonly card: ProjectCard }) {
  const [index, setIndex] = useState(0);
  const [moving, setMoving] = useState(false);
  const [image, setImage] = useState<HTMLImageElement | null>(null);
  useEffect(() => {
    const tile = image?.closest('article');
    if (!tile || thumbnails < 2 || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const start = (): void => {
      setMoving(true);
    };
    const stop = (): void => {
      setMoving(false);
      setIndex(0);
    };
    const both = [
      ['pointerenter', start],
      ['focusin', start],
      ['pointerleave', stop],
      ['focusout', stop],
    ] as const;
    for (const [name, listener] of both) tile.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of both) tile.removeEventListener(name, listener);
    };
  }, [image, thumbnails]);
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => {
      setIndex((now) => (now + 1) % thumbnails);
    }, TURN_MS / thumbnails);
    return () => {
      clearInterval(timer);
    };
  }, [moving, thumbnails]);
  return <img ref={setImage} src={thumbnailUrl(id, index, modified)} alt="" draggable={false} />;
}
