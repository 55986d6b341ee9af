import { describe, expect, it } from 'vitest';
import { gaussiansAt } from '../../core/deformation/deform.ts';
import { allocateGaussians } from '../../core/gaussians.ts';
import { aboutAxis, rotate, type Quaternion } from '../../core/quaternion.ts';
import { add, distance, subtract, type Vector } from '../../core/vector.ts';
import { seededRandom } from '../../test/helpers/random.ts';
import { restRig } from '../../test/helpers/rest-rig.ts';
import type { Body } from './body/body.ts';
import { closeGaps } from './close-gaps.ts';
import { puppetScene } from './puppet-scene.ts';
import type { RigPose } from './retarget/retarget.ts';
import { jointPositions } from './retarget/posed-bones.ts';
import { BONE, BONES, type BoneName } from './rig/bones.ts';
import { skinOf } from './rig/skin.ts';

const rig = restRig();

/** Points that bones hold, each by these shares. */
function bodyOf(points: readonly { at: Vector; shares: Partial<Record<BoneName, number>> }[], links: number[]): Body {
  const gaussians = allocateGaussians(points.length, 0);
  gaussians.logScales.fill(-3);
  const rows = new Float32Array(points.length * BONES.length);
  for (const [i, { at, shares }] of points.entries()) {
    gaussians.means.set(at, i * 3);
    gaussians.quats.set([1, 0, 0, 0], i * 4);
    for (const [bone, share] of Object.entries(shares)) rows[i * BONES.length + BONE[bone as BoneName]] = share;
  }
  return { gaussians, rig, skin: skinOf(rig, rows), links: Int32Array.from(links) };
}

const pointOf = (means: Float32Array, i: number): Vector => [
  means[i * 3] ?? NaN,
  means[i * 3 + 1] ?? NaN,
  means[i * 3 + 2] ?? NaN,
];

/** Every bone turned by some amount of its own, with joints that stay together. */
function randomPose(seed: number): RigPose {
  const random = seededRandom(seed);
  const rotations = BONES.map((): Quaternion =>
    aboutAxis([random() - 0.5, random() - 0.5, random() - 0.5], random() * 1.5),
  );
  return { rotations, origins: jointPositions(rig, rotations, [random(), random(), random()]) };
}

const resting: RigPose = {
  rotations: BONES.map((): Quaternion => [1, 0, 0, 0]),
  origins: BONES.map(({ from }) => rig.joints[from]),
};

describe('puppetScene', () => {
  const at: Vector = [0.3, 0.05, 1.1];

  it('moves what a bone holds exactly as the bone', () => {
    const body = bodyOf(
      BONES.map(({ name }) => ({ at, shares: { [name]: 1 } })),
      [],
    );
    const poses = [resting, randomPose(1), randomPose(2)];
    const scene = puppetScene(body, poses, 12);
    for (const [frame, pose] of poses.entries()) {
      const { means } = gaussiansAt(scene, frame / 2);
      for (const [bone, { from }] of BONES.entries()) {
        const rotation = pose.rotations[bone] ?? [1, 0, 0, 0];
        const expected = add(pose.origins[bone] ?? [0, 0, 0], rotate(rotation, subtract(at, rig.joints[from])));
        expect(distance(pointOf(means, bone), expected)).toBeLessThan(1e-5);
      }
    }
  });

  it('keeps a point at a joint where both bones have it, whatever the shares', () => {
    const knee = rig.joints.left_knee;
    const shares = [0.1, 0.3, 0.5, 0.8].map((share) => ({
      at: knee,
      shares: { left_thigh: share, left_shin: 1 - share },
    }));
    const pose = randomPose(3);
    const { means } = gaussiansAt(puppetScene(bodyOf(shares, []), [pose], 12), 0);
    for (const i of shares.keys()) {
      expect(distance(pointOf(means, i), pose.origins[BONE.left_shin] ?? [0, 0, 0])).toBeLessThan(1e-5);
    }
  });

  it('leaves everything where it was at rest', () => {
    const body = bodyOf([{ at, shares: { chest: 0.4, left_upper_arm: 0.6 } }], []);
    expect(distance(pointOf(gaussiansAt(puppetScene(body, [resting], 12), 0).means, 0), at)).toBeLessThan(1e-6);
  });

  it('has as many frames as poses, at their rate', () => {
    const scene = puppetScene(bodyOf([{ at, shares: { head: 1 } }], []), [resting, resting, resting], 7);
    expect([scene.frames, scene.fps]).toEqual([3, 7]);
  });
});

describe('closeGaps', () => {
  /** Two neighbours at a shoulder, one more of the chest, one more of an arm that is raised; and two of the head that stay together. */
  const [x, , z] = rig.joints.left_shoulder;
  const body = bodyOf(
    [
      { at: [x - 0.005, 0, z - 0.1], shares: { chest: 0.95, left_upper_arm: 0.05 } },
      { at: [x + 0.005, 0, z - 0.1], shares: { chest: 0.05, left_upper_arm: 0.95 } },
      { at: [0, 0, 1.5], shares: { head: 1 } },
      { at: [0.01, 0, 1.5], shares: { head: 1 } },
    ],
    [0, 1, 2, 3],
  );
  /** The arm is raised by an angle and lowered again. */
  const turned = (angle: number): ReturnType<typeof puppetScene> => {
    const rotations = BONES.map(({ name }): Quaternion => aboutAxis([0, 1, 0], name === 'left_upper_arm' ? angle : 0));
    const scene = puppetScene(body, [resting, { ...resting, rotations }, resting], 12);
    return { ...scene, gaussians: { ...scene.gaussians, sh: scene.gaussians.sh.slice() } };
  };
  const scene = turned(-0.1);
  const growth = (closed: typeof scene): number[] =>
    Array.from(closed.gaussians.logScales, (value, k) => Math.exp(value - (scene.gaussians.logScales[k] ?? 0)));

  it('grows what the motion pulls apart a little, and nothing else', () => {
    const grown = growth(closeGaps(turned(-0.04), body.links));
    const { means } = gaussiansAt(turned(-0.04), 0.5);
    const stretch = distance(pointOf(means, 0), pointOf(means, 1)) / 0.01;
    expect(stretch).toBeGreaterThan(1.1);
    expect(stretch).toBeLessThan(1.4);
    for (const [k, factor] of grown.slice(0, 12).entries()) {
      expect(factor).toBeCloseTo(k < 6 && k % 3 !== 2 ? stretch : 1, 4);
    }
    expect(grown.length).toBe(12);
  });

  it('fills what the motion tears open, evenly, and at every moment on the way', () => {
    const wide = turned(-0.9);
    const closed = closeGaps(wide, body.links);
    expect(Math.max(...growth(closed).slice(0, 12))).toBeCloseTo(1.4, 3);
    const between = closed.gaussians.count - 4;
    expect(between).toBeGreaterThan(4);
    for (const time of [0, 0.25, 0.5, 0.75]) {
      const { means } = gaussiansAt(closed, time);
      const way = [0, ...Array.from({ length: between }, (_, k) => 4 + k), 1].map((i) => pointOf(means, i));
      const steps = way.slice(1).map((point, k) => distance(point, way[k] ?? point));
      const whole = distance(way[0] ?? [0, 0, 0], way.at(-1) ?? [0, 0, 0]);
      expect(Math.max(...steps)).toBeLessThan((2 * whole) / steps.length);
    }
  });

  it('gives what it adds the look of its neighbours, and weights that sum to 1', () => {
    const coloured = turned(-0.9);
    coloured.gaussians.sh.set([0.2, 0.4, 0.6, 0.4, 0.2, 0.6]);
    const { gaussians, deformation } = closeGaps(coloured, body.links);
    for (let i = 4; i < gaussians.count; i++) {
      const [red = NaN, green = NaN, blue = NaN] = gaussians.sh.subarray(i * 3, i * 3 + 3);
      expect(red).toBeGreaterThan(0.2);
      expect(red + green).toBeCloseTo(0.6, 5);
      expect(blue).toBeCloseTo(0.6, 5);
    }
    for (let i = 0; i < gaussians.count; i++) {
      expect(deformation.weights.subarray(i * 4, i * 4 + 4).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  it('adds no more than a bound, however far the motion goes', () => {
    const apart: RigPose = {
      ...resting,
      origins: resting.origins.map(([a, b, c], bone): Vector => [a + bone * 50, b, c]),
    };
    expect(closeGaps(puppetScene(body, [apart], 12), body.links).gaussians.count).toBe(4 + 11);
  });

  it('leaves the scene it was given', () => {
    const before = scene.gaussians.logScales.slice();
    closeGaps(scene, body.links);
    expect(scene.gaussians.logScales).toEqual(before);
  });

  it('takes neighbours in one place for neighbours', () => {
    const double = bodyOf(
      [
        { at: [0, 0, 1], shares: { chest: 1 } },
        { at: [0, 0, 1], shares: { pelvis: 1 } },
      ],
      [0, 1],
    );
    const closed = closeGaps(puppetScene(double, [resting, randomPose(8)], 12), double.links);
    expect(closed.gaussians.logScales.every(Number.isFinite)).toBe(true);
  });
});
