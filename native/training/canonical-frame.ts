import type { Clip } from '../../core/clip.ts';
import { pictureMask } from './visual-hull.ts';

/**
 * The frame in which limbs stand apart best: the one whose outlines are longest over all views. Limbs that touch or hide each
 * other hide their outlines too. A still figure made in that frame gives every limb its own Gaussians and control nodes; made
 * in another, limbs that touch share them and can never part.
 * @param views The views that take part.
 * @returns The middle frame where no frame has an outline, or all are the same.
 */
export function chooseCanonicalFrame(clip: Clip, views: readonly number[]): number {
  const middle = Math.floor(clip.frames / 2);
  let best = middle;
  let longest = outlineLength(clip, views, middle);
  for (let frame = 0; frame < clip.frames; frame++) {
    const length = outlineLength(clip, views, frame);
    if (length <= longest) continue;
    longest = length;
    best = frame;
  }
  return best;
}

/** Pixels of outline in all views of a frame: marching squares over the silhouettes. */
function outlineLength(clip: Clip, views: readonly number[], frame: number): number {
  const { width, height } = clip;
  let total = 0;
  for (const view of views) {
    const mask = pictureMask(clip, view, frame);
    for (let y = 0; y + 1 < height; y++) {
      for (let x = 0; x + 1 < width; x++) {
        const at = y * width + x;
        const [a = 0, b = 0, c = 0, d = 0] = [mask[at], mask[at + 1], mask[at + width], mask[at + width + 1]];
        total += SQUARE_LENGTH[a + 2 * b + 4 * c + 8 * d] ?? 0;
      }
    }
  }
  return total;
}

/** Length of outline in a square of four pixels, by which of them belong to the figure (bits: left, right, below left, below right). */
const SQUARE_LENGTH: readonly number[] = Array.from({ length: 16 }, (_, corners) => {
  const set = [1, 2, 4, 8].filter((bit) => corners & bit).length;
  if (set === 0 || set === 4) return 0;
  if (set !== 2) return Math.SQRT1_2;
  return corners === 6 || corners === 9 ? Math.SQRT2 : 1;
});
