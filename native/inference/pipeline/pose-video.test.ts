import { describe, expect, it } from 'vitest';
import { drawSkeleton } from '../../../core/poses/draw/draw-skeleton.ts';
import type { PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { drawPoses, fillFrames } from './pose-video.ts';
import type { RgbPicture } from './pixels.ts';

/** Two shoulders and a neck, all else unknown. */
function pose(width: number, height: number): PoseSequence {
  const keypoints = new Float32Array(18 * 3);
  keypoints.set([0.5 * width, 0.3 * height, 1, 0.3 * width, 0.3 * height, 1], 3);
  keypoints.set([0.7 * width, 0.3 * height, 1], 15);
  return { skeleton: 'openpose18', width, height, fps: 10, frames: [{ keypoints }] };
}

const isLit = ({ rgb }: RgbPicture, pixel: number): boolean =>
  rgb.subarray(pixel * 3, pixel * 3 + 3).some((x) => x > 0);

describe('poses as the networks see them', () => {
  it('lie in the middle square of the canvas when their frame is square', () => {
    const square = pose(480, 480);
    const [own] = square.frames;
    const [drawn] = drawPoses(square, { width: 144, height: 96 }, 'bicubic');
    if (!drawn || !own) throw new Error('nothing was drawn');
    const alone = drawSkeleton([own], 'openpose18', square, { width: 96, height: 96 });
    const lit = Array.from({ length: 144 * 96 }, (_, i) => i).filter((i) => isLit(drawn, i));
    expect(lit.length).toBeGreaterThan(50);
    for (let y = 0; y < 96; y++) {
      const middle = drawn.rgb.subarray((y * 144 + 24) * 3, (y * 144 + 120) * 3);
      expect(middle).toEqual(alone.subarray(y * 96 * 3, (y + 1) * 96 * 3));
    }
  });

  it('fill the canvas when their frame has its shape, and are scaled as asked', () => {
    const wide = pose(720, 480);
    const [own] = wide.frames;
    if (!own) throw new Error('no pose');
    for (const scaling of ['bicubic', 'bilinear'] as const) {
      const [picture] = drawPoses(wide, { width: 144, height: 96 }, scaling);
      expect(picture?.rgb).toEqual(drawSkeleton([own], 'openpose18', wide, { width: 144, height: 96 }, { scaling }));
    }
  });
});

describe('the number of frames', () => {
  const told = (count: number, frames = 9) => {
    const warnings: string[] = [];
    const filled = fillFrames(
      Array.from({ length: count }, (_, i) => i),
      frames,
      (message) => warnings.push(message),
    );
    return { filled, warnings };
  };

  it('is filled with the last pose, with a warning', () => {
    const { filled, warnings } = told(3);
    expect(filled).toEqual([0, 1, 2, 2, 2, 2, 2, 2, 2]);
    expect(warnings).toEqual(['The networks make 9 frames: the last of 3 poses is held, and the result cut.']);
  });

  it('leaves out what is too much, with a warning', () => {
    const { filled, warnings } = told(11);
    expect(filled).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(warnings.length).toBe(1);
  });

  it('is left as it is where it fits', () => {
    expect(told(9)).toEqual({ filled: [0, 1, 2, 3, 4, 5, 6, 7, 8], warnings: [] });
  });

  it('must be 8k + 1, of something', () => {
    for (const frames of [0, 8, 10, 24, NaN, -7]) expect(() => told(3, frames)).toThrow(/8k \+ 1/);
    expect(() => told(0)).toThrow(/no pose/);
  });
});
