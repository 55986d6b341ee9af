import { describe, expect, it } from 'vitest';
import type { Camera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { optimize } from '../../native/training/optimize.ts';
import { quickSettings } from '../helpers/quick-settings.ts';
import { tinyClip } from './tiny-clip.ts';

type Change = (rgb: Uint8Array, view: number, frame: number) => Uint8Array;

const changed = (clip: Clip, change: Change): Clip => ({
  ...clip,
  images: clip.images.map((view, v) => view.map((rgb, f) => change(rgb, v, f))),
});

/** The picture moved to the right by so many pixels; what comes in is white. */
function shifted(rgb: Uint8Array, size: number, by: number): Uint8Array {
  const out = new Uint8Array(rgb.length).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (x + by < 0 || x + by >= size) continue;
      out.set(rgb.subarray((y * size + x) * 3, (y * size + x) * 3 + 3), (y * size + x + by) * 3);
    }
  }
  return out;
}

/** Turned about the vertical through its own position, as a wrong calibration would have it. */
function turned(camera: Camera, degrees: number): Camera {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const m = [...camera.cameraToWorld];
  const at = (row: number, column: number): number => m[row * 4 + column] ?? 0;
  for (let column = 0; column < 3; column++) {
    const [x, y] = [at(0, column), at(1, column)];
    m[column] = c * x - s * y;
    m[4 + column] = s * x + c * y;
  }
  return { ...camera, cameraToWorld: Float64Array.from(m) };
}

async function fit(clip: Clip): Promise<{ scene: Scene; warnings: string[] }> {
  const warnings: string[] = [];
  const { scene } = await optimize(clip, {
    ...{ preset: 'draft', settings: quickSettings('nodes'), iterations: 400, threads: 2 },
    onEvent: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
    },
  });
  return { scene, warnings };
}

function expectSound({ gaussians, deformation, frames }: Scene, clip: Clip): void {
  expect(frames).toBe(clip.frames);
  expect(gaussians.count).toBeGreaterThan(0);
  const arrays = [gaussians.means, gaussians.logScales, gaussians.quats, gaussians.sh];
  if (deformation.kind === 'nodes') arrays.push(deformation.rotations, deformation.translations);
  expect(arrays.every((values) => values.every(Number.isFinite))).toBe(true);
}

const ring = tinyClip({ views: 12 });

describe('a clip with something wrong becomes a scene and a warning that names it:', () => {
  it('one view is black', async () => {
    const clip = changed(ring, (rgb, view) => (view === 7 ? new Uint8Array(rgb.length) : rgb));
    const { scene, warnings } = await fit(clip);
    expectSound(scene, clip);
    expect(warnings.join('\n')).toMatch(/View 7 .*contradicts the other views/);
  });

  it('one view is empty', async () => {
    const clip = changed(ring, (rgb, view) => (view === 2 ? new Uint8Array(rgb.length).fill(255) : rgb));
    const { scene, warnings } = await fit(clip);
    expectSound(scene, clip);
    expect(warnings.join('\n')).toMatch(/View 2 .*contradicts the other views/);
  });

  it('one camera looks elsewhere', async () => {
    const cameras = ring.cameras.map((camera, view) => (view === 5 ? turned(camera, 12) : camera));
    const { scene, warnings } = await fit({ ...ring, cameras });
    expectSound(scene, ring);
    expect(warnings.join('\n')).toMatch(/View 5 .*contradicts the other views/);
  });

  it('the character is out of the picture in one frame', async () => {
    const clip = changed(ring, (rgb, _, frame) => (frame === 2 ? new Uint8Array(rgb.length).fill(255) : rgb));
    const { scene, warnings } = await fit(clip);
    expectSound(scene, clip);
    expect(warnings.join('\n')).toMatch(/no character in frame 3/);
  });

  it('half of the views show another place', async () => {
    const clip = changed(ring, (rgb, view) => (view % 2 ? shifted(rgb, ring.width, 14) : rgb));
    const { scene, warnings } = await fit(clip);
    expectSound(scene, clip);
    expect(warnings.length).toBeGreaterThan(0);
  });
});

it('a clip that shows nothing is refused in one sentence', async () => {
  const clip = changed(ring, (rgb) => new Uint8Array(rgb.length).fill(255));
  await expect(fit(clip)).rejects.toThrow('No picture shows anything but the background');
});

describe('an unusual clip becomes a scene:', () => {
  it.each([
    ['of one frame', tinyClip({ frames: 1 })],
    ['of two frames', tinyClip({ frames: 2 })],
    ['of 40 frames', tinyClip({ frames: 40, size: 32 })],
    ['of 6 views', tinyClip({ views: 6 })],
    ['of 64 views', tinyClip({ views: 64, size: 32 })],
    ['of one view', tinyClip({ views: 1 })],
  ])('%s', async (_, clip) => {
    const { scene } = await fit(clip);
    expectSound(scene, clip);
  });

  it('with two characters', async () => {
    const beside = changed(ring, (rgb) => {
      const [left, right] = [shifted(rgb, ring.width, -9), shifted(rgb, ring.width, 9)];
      return left.map((value, i) => Math.min(value, right[i] ?? 255));
    });
    // Only the front view shows both where they are: that the others contradict it is part of the trouble.
    const { scene } = await fit({
      ...beside,
      images: beside.images.map((view, v) => (v % 6 === 0 ? view : (ring.images[v] ?? view))),
    });
    expectSound(scene, ring);
  });

  it('from above as well as from around', async () => {
    const cameras = ring.cameras.map((camera, view) => {
      if (view % 3 !== 0) return camera;
      const m = [...camera.cameraToWorld];
      const lowered = m.map((value, i) => (i === 11 ? value * 0.98 : value));
      return { ...camera, cameraToWorld: Float64Array.from(lowered) };
    });
    const { scene } = await fit({ ...ring, cameras });
    expectSound(scene, ring);
  });
});
