import { describe, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { ringCameras } from '../../core/ring.ts';
import { chooseCanonicalFrame } from './canonical-frame.ts';

const SIZE = 32;

/** A body and an arm `gap` pixels to its right; without a gap the two touch. */
function picture(gap: number): Uint8Array {
  const rgb = new Uint8Array(SIZE * SIZE * 3).fill(255);
  for (let y = 8; y < 24; y++) {
    rgb.fill(80, (y * SIZE + 8) * 3, (y * SIZE + 14) * 3);
    rgb.fill(80, (y * SIZE + 14 + gap) * 3, (y * SIZE + 17 + gap) * 3);
  }
  return rgb;
}

const clipOf = (gaps: readonly number[], views = 2): Clip => ({
  ...{ width: SIZE, height: SIZE, fps: 12, frames: gaps.length, background: [1, 1, 1] },
  cameras: ringCameras(SIZE).slice(0, views),
  images: Array.from({ length: views }, () => gaps.map(picture)),
});

describe('the canonical frame', () => {
  it('is one in which an arm stands apart from the body', () => {
    expect(chooseCanonicalFrame(clipOf([0, 0, 0, 5, 0]), [0, 1])).toBe(3);
    expect(chooseCanonicalFrame(clipOf([5, 0, 0, 0, 0]), [0, 1])).toBe(0);
  });

  it('is the middle one where no frame is better', () => {
    expect(chooseCanonicalFrame(clipOf([2, 2, 2, 2, 2]), [0, 1])).toBe(2);
    expect(chooseCanonicalFrame(clipOf([0]), [0, 1])).toBe(0);
  });

  it('does not look at views that take no part', () => {
    const clip = clipOf([0, 0, 0, 0, 0]);
    const images = [clip.images[0] ?? [], [5, 0, 0, 0, 0].map(picture)];
    expect(chooseCanonicalFrame({ ...clip, images }, [0])).toBe(2);
    expect(chooseCanonicalFrame({ ...clip, images }, [0, 1])).toBe(0);
  });
});
