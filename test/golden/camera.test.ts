import { describe, expect, it } from 'vitest';
import { ringCameras } from '../../core/ring.ts';
import { isRecord } from '../../core/formats/json.ts';
import { cameraLatents } from '../../native/inference/cameras/camera-latents.ts';
import { canvasCamera, rayEmbedding } from '../../native/inference/cameras/ray-embedding.ts';
import { floatsOf } from '../../native/inference/pipeline/floats.ts';
import { cpuRuntime } from '../../native/inference/runtime/session.ts';
import { asRecord } from './golden.ts';
import { goldenWeights } from './golden-weights.ts';
import { GoldenCase, GoldenErrors, goldenJson } from './inference-golden.ts';

const errors = new GoldenErrors('camera');

it('makes the tokens of the camera guider', async () => {
  const golden = new GoldenCase('camera/case');
  const weights = goldenWeights('camera/camera_guider.safetensors');
  const width = golden.tensor('out_tokens').dims.at(-1) ?? 0;
  const tokens = await cameraLatents(cpuRuntime(), weights, golden.tensor('in_rays'), width);
  errors.check('tokens', tokens, golden.tensor('out_tokens'), 5e-6);
  expect(weights.unused()).toEqual([]);
});

describe('the rays of the template cameras', () => {
  const views = asRecord(goldenJson('camera/cameras.json').views);
  const cameras = ringCameras(48).map((camera) => canvasCamera(camera, 72, 48, 'height'));
  const [first] = cameras;
  if (!first) throw new Error('the ring has no camera');

  it('start where the cameras stand and look where they look', () => {
    const names = Object.keys(views);
    expect(names.length).toBe(cameras.length);
    for (const name of names) {
      const view = views[name];
      const camera = cameras[Number(name)];
      if (!isRecord(view) || !camera) throw new Error(`no view ${name}`);
      const [x = NaN, y = NaN, z = NaN] = view.position as number[];
      const matrix = view.camera_to_world as number[][];
      const forward = matrix.slice(0, 3).map((row) => -(row[2] ?? NaN));
      const values = floatsOf(rayEmbedding(camera, first));
      const channel = (k: number, pixel: number): number => values[k * 72 * 48 + pixel] ?? NaN;
      // The four pixels about the middle look to all sides of the axis and, on average, along it.
      const middle = [23 * 72 + 35, 23 * 72 + 36, 24 * 72 + 35, 24 * 72 + 36];
      const mean = [3, 4, 5].map((k) => middle.reduce((sum, pixel) => sum + channel(k, pixel), 0) / 4);
      errors.checkNumbers(`view ${name}, forward`, mean, forward, 5e-3);
      for (const pixel of [0, 71, 1000, 72 * 48 - 1]) {
        const [dx, dy, dz] = [channel(3, pixel), channel(4, pixel), channel(5, pixel)];
        const moment = [y * dz - z * dy, z * dx - x * dz, x * dy - y * dx];
        errors.checkNumbers(
          `view ${name}, moment`,
          [0, 1, 2].map((k) => channel(k, pixel)),
          moment,
          2e-6,
        );
      }
    }
  });
});
