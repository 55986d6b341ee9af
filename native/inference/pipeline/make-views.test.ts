import { describe, expect, it } from 'vitest';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import { seededNoise } from '../schedule/noise.ts';
import { dpmSteps } from '../schedule/steps.ts';
import type { VideoCoder } from './contract.ts';
import type { DenoiseState } from './denoise-state.ts';
import { floatsOf } from './floats.ts';
import { makeViews, type MadeView, type ViewsHooks } from './make-views.ts';
import { viewGroups } from './view-groups.ts';

const schedule = { trainSteps: 1000, betaStart: 0.00085, betaEnd: 0.012, snrShift: 1, zeroSnr: true };
const settings = { steps: dpmSteps(schedule, 2), guidanceScale: 1, halves: 'one-by-one' } as const;
const VIEWS = 9;
const DECODED = 9;

/** One latent a picture, its brightness. */
const coder: VideoCoder = {
  encode(video) {
    const mean = floatTensor(floatsOf(video).subarray(0, 1), [1, 1, 1, 1, 1]);
    return Promise.resolve({ mean, logvar: floatTensor([-30], [1, 1, 1, 1, 1]) });
  },
  decode: (latents) =>
    Promise.resolve(
      floatTensor(new Float32Array(3 * DECODED).fill(floatsOf(latents)[0] ?? NaN), [1, 3, DECODED, 1, 1]),
    ),
};

/**
 * Takes away from the latents what makes them differ from the picture's, so that every view comes out in its picture's brightness:
 * the velocity of clean latents x0 at x is (root(alpha) x - x0) / root(1 - alpha).
 */
function networks(asked: Tensor[] = []) {
  let calls = 0;
  return {
    coder,
    scale: 1,
    noise: seededNoise(3),
    denoiser: {
      predict({ hidden, camera }: { readonly hidden: Tensor; readonly camera?: Tensor }) {
        if (camera) asked.push(camera);
        const [, views = 0, frames = 0] = hidden.dims;
        const step = settings.steps[calls++ % settings.steps.length];
        const values = floatsOf(hidden);
        const output = Float32Array.from({ length: views * frames }, (_, i) => {
          const picture = values[Math.floor(i / frames) * frames * 2] ?? NaN;
          return ((step?.cleanFromSample ?? NaN) * (values[i * 2] ?? NaN) - picture) / (step?.cleanFromOutput ?? NaN);
        });
        return Promise.resolve(floatTensor(output, [1, views, frames, 1, 1, 1]));
      },
    },
  };
}

const inputs = {
  pictures: Array.from({ length: VIEWS }, (_, view) => ({
    width: 1,
    height: 1,
    rgb: new Uint8Array(3).fill(view * 20),
  })),
  poses: floatTensor([1, 2, 3, 4], [4, 1, 1, 1]),
  prompt: floatTensor([1], [1, 1]),
  negativePrompt: floatTensor([1], [1, 1]),
  camera: (views: readonly number[]) => Promise.resolve(floatTensor([...views], [1, views.length, 1, 1])),
  frames: 5,
};

async function collect(hooks?: ViewsHooks, asked?: Tensor[]): Promise<MadeView[]> {
  const made: MadeView[] = [];
  for await (const view of makeViews(networks(asked), inputs, settings, hooks)) made.push(view);
  return made;
}

describe('the groups of views', () => {
  it('are the published ones for the ring of 21', () => {
    expect(viewGroups(21)).toEqual([
      [0, 1, 6, 11, 16],
      [0, 2, 7, 12, 17],
      [0, 3, 8, 13, 18],
      [0, 4, 9, 14, 19],
      [0, 5, 10, 15, 20],
    ]);
  });

  it.each([0, 1, 4, 20, 22, NaN])('cannot be made of %d views', (views) => {
    expect(() => viewGroups(views)).toThrow(/cannot be shared out/);
  });
});

describe('making all views', () => {
  it('gives each view once, group by group, with its own picture and as many frames as asked', async () => {
    const asked: Tensor[] = [];
    const made = await collect(undefined, asked);
    expect(made.map(({ group, view }) => [group, view])).toEqual([
      ...[0, 1, 3, 5, 7].map((view) => [0, view]),
      ...[2, 4, 6, 8].map((view) => [1, view]),
    ]);
    for (const { view, frames } of made) {
      expect(frames.length).toBe(5);
      for (const { rgb } of frames) for (const level of rgb) expect(Math.abs(level - view * 20)).toBeLessThanOrEqual(1);
    }
    expect(asked.map((camera) => [...floatsOf(camera)])).toEqual([
      ...[0, 1].map(() => [0, 1, 3, 5, 7]),
      ...[0, 1].map(() => [0, 2, 4, 6, 8]),
    ]);
  });

  it('goes on in a later group, from its state', async () => {
    const kept: (readonly [number, DenoiseState])[] = [];
    const onState = (group: number, state: DenoiseState): void => void kept.push([group, state]);
    const whole = await collect({ onState });
    expect(kept.map(([group, { stepsDone }]) => [group, stepsDone])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ]);
    const [group, state] = kept[3] ?? [];
    if (group === undefined || !state) throw new Error('no state was told');
    expect(await collect({ from: { group, state } })).toEqual(whole.slice(5));
    expect(await collect({ from: { group } })).toEqual(whole.slice(5));
  });
});
