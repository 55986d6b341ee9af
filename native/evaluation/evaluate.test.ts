import { describe, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { ringCameras } from '../../core/ring.ts';
import { evaluate, type MeasuredPicture } from './evaluate.ts';

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
    const { frames, views, mean } = await evaluate(clip, (_, frame) => Promise.resolve({ rgb: picture(frame, 100) }));
    expect(frames).toBe(3);
    expect(views.map(({ view }) => view)).toEqual([0, 1, 2]);
    expect(mean).toEqual({
      ...{ psnr: 120, ssim: 1, msSsim: 1, foregroundPsnr: 120, flicker: 0, colourOutliers: 0, detailRatio: null },
      silhouetteIou: { mean: 1, p5: 1, worst: 1, worstView: 0, worstFrame: 0 },
      uncovered: { mean: 0, worst: 0, worstView: 0, worstFrame: 0, picturesOver5Percent: 0, shareOver5Percent: 0 },
    });
  });

  it('measures the views asked for, each by itself', async () => {
    const wrong = (view: number, frame: number) => Promise.resolve({ rgb: picture(frame, view === 2 ? 110 : 100) });
    const { views, mean } = await evaluate(clip, wrong, { views: [2, 0] });
    expect(views.map(({ view }) => view)).toEqual([2, 0]);
    expect(views[0]?.foregroundPsnr).toBeCloseTo(20 * Math.log10(25.5), 9);
    expect(views[1]?.foregroundPsnr).toBe(120);
    expect(mean.psnr).toBeCloseTo(((views[0]?.psnr ?? 0) + 120) / 2, 9);
  });

  it('names the picture in which a part is missing', async () => {
    const white = new Uint8Array(SIZE * SIZE * 3).fill(255);
    const partly = (view: number, frame: number) => {
      const rgb = picture(frame, 100);
      // The lower quarter of the square.
      if (view === 1 && frame === 2) rgb.set(white.subarray(14 * SIZE * 3), 14 * SIZE * 3);
      return Promise.resolve({ rgb });
    };
    const { views, mean } = await evaluate(clip, partly);
    expect(mean.silhouetteIou).toMatchObject({ p5: 0.75, worst: 0.75, worstView: 1, worstFrame: 2 });
    expect(mean.silhouetteIou.mean).toBeCloseTo(1 - 0.25 / 9, 12);
    expect(mean.uncovered).toMatchObject({ worst: 0.25, worstView: 1, worstFrame: 2, picturesOver5Percent: 1 });
    expect(mean.uncovered.shareOver5Percent).toBeCloseTo(1 / 9, 12);
    expect(mean.colourOutliers).toBeCloseTo(0.25 / 9, 12);
    expect(views.map(({ uncovered }) => uncovered.picturesOver5Percent)).toEqual([0, 1, 0]);
  });

  it('takes a part in the colour of the background for a part where the opacity is known', async () => {
    const rgb = new Uint8Array(SIZE * SIZE * 3).fill(255);
    const alpha = new Uint8Array(SIZE * SIZE).fill(200);
    const uncovered = async (one: MeasuredPicture): Promise<number> =>
      (await evaluate(clip, () => Promise.resolve(one))).mean.uncovered.worst;
    expect(await uncovered({ rgb })).toBe(1);
    expect(await uncovered({ rgb, alpha })).toBe(0);
  });

  it('has no flicker to report for a single frame, and no character in an empty picture', async () => {
    const empty = new Uint8Array(SIZE * SIZE * 3).fill(255);
    const single = { ...clip, frames: 1, cameras: clip.cameras.slice(0, 1), images: [[empty]] };
    const { mean } = await evaluate(single, () => Promise.resolve({ rgb: empty }));
    expect(mean.flicker).toBeNull();
    expect(mean.foregroundPsnr).toBeNull();
    expect(mean.colourOutliers).toBeNull();
    expect([mean.silhouetteIou.worst, mean.uncovered.worst]).toEqual([1, 0]);
  });

  it('tells every picture and stops when aborted', async () => {
    const controller = new AbortController();
    const told: string[] = [];
    const run = evaluate(clip, (_, frame) => Promise.resolve({ rgb: picture(frame, 100) }), {
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
