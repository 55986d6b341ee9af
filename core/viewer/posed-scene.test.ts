import { describe, expect, it } from 'vitest';
import { deformHexPlane } from '../deformation/hexplane.ts';
import { hexPlaneShapes } from '../deformation/hexplane-shapes.ts';
import type { HexPlaneConfig, Scene } from '../deformation/deformation.ts';
import { allocateGaussians } from '../gaussians.ts';
import { seededRandom } from '../../test/helpers/random.ts';
import { packPoses, allocateWords, paddedLength, POSE_WORDS } from './packed-gaussians.ts';
import { PosedScene, type PosedFrame } from './posed-scene.ts';

const CONFIG: HexPlaneConfig = {
  multires: [1],
  channels: 2,
  resolution: [4, 4, 4, 3],
  width: 4,
  depth: 1,
  heads: { position: true, scale: true, rotation: true, opacity: false, sh: false },
  aabb: [
    [1, 1, 1],
    [-1, -1, -1],
  ],
};

function networkScene(count: number): Scene {
  const random = seededRandom(2);
  const gaussians = allocateGaussians(count, 0);
  for (let i = 0; i < gaussians.means.length; i++) gaussians.means[i] = random() - 0.5;
  for (let i = 0; i < count; i++) gaussians.quats[i * 4] = 1;
  const parameters = new Map(
    [...hexPlaneShapes(CONFIG)].map(([name, shape]) => [
      name,
      { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() - 0.4) },
    ]),
  );
  const deformation = { kind: 'hexplane', config: CONFIG, parameters } as const;
  return { gaussians, deformation, fps: 10, frames: 5, background: [1, 1, 1] };
}

/** Runs all steps; how many they were. */
function finish(work: Generator<undefined, PosedFrame>): { posed: PosedFrame; steps: number } {
  for (let steps = 0; ; steps++) {
    const step = work.next();
    if (step.done) return { posed: step.value, steps };
  }
}

describe('a scene moved by a network', () => {
  const scene = networkScene(1200);

  it('is worked out in steps, to the same result', () => {
    const { posed, steps } = finish(new PosedScene(scene, 1e9).work(3));
    expect(steps).toBe(3);
    if (scene.deformation.kind !== 'hexplane') throw new Error('not a network');
    const expected = allocateWords(paddedLength(1200, POSE_WORDS));
    packPoses(deformHexPlane(scene.gaussians, scene.deformation, 0.75), expected);
    expect(posed.pose.words).toEqual(expected.words);
    expect(posed.shape).not.toBeNull();
  });

  it('shows whole frames, and keeps them', () => {
    const posed = new PosedScene(scene, 1e9);
    const first = finish(posed.work(1.7)).posed;
    expect(first.frame).toBe(2);
    expect(finish(posed.work(2))).toEqual({ posed: first, steps: 0 });
    expect(finish(posed.work(2)).posed).toBe(first);
  });

  it('forgets the frame that was used longest ago when the budget is full', () => {
    const one = new PosedScene(scene, 1e9);
    const size = finish(one.work(0)).posed.pose.words.byteLength + one.shape.byteLength;
    const posed = new PosedScene(scene, size * 2);
    for (const frame of [0, 1, 0, 2]) finish(posed.work(frame));
    expect([0, 1, 2].map((frame) => posed.kept(frame) !== undefined)).toEqual([true, false, true]);
    expect(posed.nextMissing(0)).toBeUndefined();
    expect(one.nextMissing(0)).toBe(1);
    expect(one.nextMissing(4)).toBe(4);
  });

  it('goes without keeping anything', () => {
    const posed = new PosedScene(scene, 0);
    finish(posed.work(0));
    expect(posed.kept(0)).toBeUndefined();
  });
});

it('frames outside a scene are its ends', () => {
  const posed = new PosedScene(networkScene(1), 0);
  expect([posed.nearest(-3), posed.nearest(99)]).toEqual([0, 4]);
});
