import { expect, it } from 'vitest';
import type { SceneRecord } from '../../core/document/document.ts';
import { documentRecord } from './document-schema.ts';

const scene: SceneRecord = {
  ...{ id: 'scene', type: 'scene', asset: 'a'.repeat(64), gaussians: 9, frames: 2, fps: 12, iterations: 4 },
  ...{ seconds: 1, preset: 'draft', psnr: 31, ssim: 0.9, framePsnr: [30, 32], curve: [] },
  madeAt: '2026-01-01T00:00:00.000Z',
};

it('a scene of an earlier version, of which the missing parts were not measured, can be read', () => {
  expect(documentRecord.parse(scene)).toEqual(scene);
});

it('the missing parts of a scene are shares', () => {
  const measured = { ...scene, frameUncovered: [0, 0.25] };
  expect(documentRecord.parse(measured)).toEqual(measured);
  expect(documentRecord.safeParse({ ...scene, frameUncovered: [0, 25] }).success).toBe(false);
});
