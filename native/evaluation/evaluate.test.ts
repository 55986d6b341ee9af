import { describe, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { ringCameras } from '../../core/ring.ts';
import { evaluate } from './evaluate.ts';

const SIZE = 24;

/** A dark square that moves to the right by a pixel a frame. */
function picture(frame: number, level: number): Uint8Array {
  const rgb = new Uint8Array(SIZE * SIZE * 3).fill(255);
  for (let y = 8; y < 16; y++) rgb.fill(level, (y * SIZE + 6 + frame) * 3, (y * SIZE + 14 + frame) * 3);
  return rgb;
}

const clip: Clip = {
  ...{ width: SIZE, height: SIZE, fps: 12, frames: 3, background: [1, 1, 1] },
  cameras: ringCameras(SIZE).slice(0, 3),
  images: [0, 1, 2].map(() => [0, 1, 2].map((frame) => picture(frame, 100))),
};

describe('evaluate', () => {
  it('finds a clip equal to itself', async () => {
    const { frames, views, mean } = await evaluate(clip, (_, frame) => Promise.resolve(picture(frame, 100)));
    expect(frames).toBe(3);
    expect(views.map(({ view }) => view)).toEqual([0, 1, 2]);
    expect(mean).toEqual({ psnr: 120, ssim: 1, msSsim: 1, foregroundPsnr: 120, flicker: 0 });
  });

  it('measures the views asked for, each by itself', async () => {
    const wrong = (view: number, frame: number) => Promise.resolve(picture(frame, view === 2 ? 110 : 100));
    const { views, mean } = await evaluate(clip, wrong, { views: [2, 0] });
    expect(views.map(({ view }) => view)).toEqual([2, 0]);
    expect(views[0]?.foregroundPsnr).toBeCloseTo(20 * Math.log10(25.5), 9);
    expect(views[1]?.foregroundPsnr).toBe(120);
    expect(mean.psnr).toBeCloseTo(((views[0]?.psnr ?? 0) + 120) / 2, 9);
  });

  it('has no flicker to report for a single frame, and no character in an empty picture', async () => {
    const empty = new Uint8Array(SIZE * SIZE * 3).fill(255);
    const single = { ...clip, frames: 1, cameras: clip.cameras.slice(0, 1), images: [[empty]] };
    const { mean } = await evaluate(single, () => Promise.resolve(empty));
    expect(mean.flicker).toBeNull();
    expect(mean.foregroundPsnr).toBeNull();
  });

  it('tells every picture and stops when aborted', async () => {
    const controller = new AbortController();
    const told: string[] = [];
    const run = evaluate(clip, (_, frame) => Promise.resolve(picture(frame, 100)), {
      signal: controller.signal,
      onProgress: (progress) => {
        told.push(progress.type);
        if (told.length === 3) controller.abort();
      },
    });
    await expect(run).rejects.toThrow('aborted');
    expect(told).toEqual(['begin', 'tick', 'tick', 'failed']);
  });
});
