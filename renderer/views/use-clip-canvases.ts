import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { ClipRecord } from '../../core/document/document.ts';
import { assetUrl } from '../../preload/contract/contract.ts';
import { useOpenedProject } from '../app/studio-context.ts';
import { clipFrame } from './clip-frame.ts';
import { affordableSide, type ClipPictures, createClipPictures } from './clip-pictures.ts';

/** Gives back a view's canvas its place when it leaves. */
export type TakeCanvas = (view: number, canvas: HTMLCanvasElement | null) => void;

/**
 * Draws some views of a clip on canvases, all at the playhead's frame. A picture that is not decoded yet leaves the one
 * before it standing, so that nothing flickers.
 */
export function useClipCanvases(clip: ClipRecord, views: readonly number[]): TakeCanvas {
  const { project, playback } = useOpenedProject();
  const canvases = useRef(new Map<number, HTMLCanvasElement>());
  const pictures = useRef<ClipPictures>(undefined);
  // Another list of the same views is no reason to decode everything again.
  const key = views.join();
  const shown = useMemo(() => (key === '' ? [] : key.split(',').map(Number)), [key]);

  useEffect(() => {
    const frameNow = (): number => clipFrame(playback.getState(), clip.frames);
    const draw = (view: number, frame: number): void => {
      const canvas = canvases.current.get(view);
      const bitmap = pictures.current?.get(view, frame);
      if (canvas && bitmap) drawPicture(canvas, bitmap);
    };
    const cache = createClipPictures({
      ...{ views: shown, frames: clip.frames },
      side: affordableSide(shown.length * clip.frames, Math.max(clip.width, clip.height)),
      url: (view, frame) => {
        const asset = clip.pictures[view]?.[frame];
        return asset === undefined ? null : assetUrl(project.id, asset);
      },
      onPicture: (view, frame) => {
        if (frame === frameNow()) draw(view, frame);
      },
    });
    pictures.current = cache;
    let last = frameNow();
    cache.load(last);
    const unsubscribe = playback.subscribe((state) => {
      const frame = clipFrame(state, clip.frames);
      if (frame === last) return;
      last = frame;
      for (const view of shown) draw(view, frame);
    });
    return () => {
      unsubscribe();
      cache.close();
      pictures.current = undefined;
    };
  }, [project, playback, clip, shown]);

  return useCallback(
    (view, canvas) => {
      if (!canvas) {
        canvases.current.delete(view);
        return;
      }
      canvases.current.set(view, canvas);
      const bitmap = pictures.current?.get(view, clipFrame(playback.getState(), clip.frames));
      if (bitmap) drawPicture(canvas, bitmap);
    },
    [playback, clip],
  );
}

function drawPicture(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  const context = canvas.getContext('2d');
  context?.clearRect(0, 0, canvas.width, canvas.height);
  context?.drawImage(bitmap, 0, 0);
}
