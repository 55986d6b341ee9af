import { useEffect, useRef } from 'react';
import { drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import styles from './pose-editor.module.css';
import type { PoseModel } from './pose-model.ts';
import type { ShownPose } from './shown-pose.ts';

/** Longest side of the picture. */
const SIDE = 256;
/** Drawing takes some milliseconds: while a joint is dragged it waits for a rest. */
const REST_MS = 120;

/** The pose exactly as the method draws it for its model. */
export function SkeletonPreview({ model }: { readonly model: PoseModel }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => keepDrawn(model, ref.current), [model]);
  return (
    <figure className={styles.preview}>
      <canvas ref={ref} role="img" aria-label="The pose as the model sees it" />
      <figcaption>What the model sees</figcaption>
    </figure>
  );
}

function keepDrawn(model: PoseModel, canvas: HTMLCanvasElement | null): (() => void) | undefined {
  const context = canvas?.getContext('2d');
  if (!canvas || !context) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn: ShownPose | undefined;
  const draw = (): void => {
    const shown = model.shown();
    if (!shown || shown === drawn) return;
    drawn = shown;
    const scale = SIDE / Math.max(shown.width, shown.height);
    const width = Math.max(1, Math.round(shown.width * scale));
    const height = Math.max(1, Math.round(shown.height * scale));
    canvas.width = width;
    canvas.height = height;
    const pose = { keypoints: Float32Array.from(shown.points) };
    const rgb = drawSkeleton([pose], shown.skeleton, shown, { width, height });
    context.putImageData(new ImageData(withAlpha(rgb), width, height), 0, 0);
  };
  const ask = (): void => {
    if (model.shown() === drawn) return;
    clearTimeout(timer);
    timer = setTimeout(draw, REST_MS);
  };
  const ends = [model.project, model.playback, model.session].map((store) => store.subscribe(ask));
  draw();
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
  };
}

function withAlpha(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let i = 0, at = 0; i < rgb.length; i += 3, at += 4) rgba.set(rgb.subarray(i, i + 3), at);
  return rgba;
}
