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
  /** Two neighbours at a shoulder, one of the chest, one of an arm that is raised; and two of the head that stay together. */
  const [x, , z] = rig.joints.left_shoulder;
  const body = bodyOf(
    [
      { at: [x - 0.005, 0, z - 0.1], shares: { chest: 1 } },
      { at: [x + 0.005, 0, z - 0.1], shares: { left_upper_arm: 1 } },
      { at: [0, 0, 1.5], shares: { head: 1 } },
      { at: [0.01, 0, 1.5], shares: { head: 1 } },
    ],
    [0, 1, 2, 3],
  );
  const raised: RigPose = {
    ...resting,
    rotations: BONES.map(({ name }): Quaternion => aboutAxis([0, 1, 0], name === 'left_upper_arm' ? -0.1 : 0)),
  };
  const scene = puppetScene(body, [resting, raised, resting], 12);
  const growth = (closed: typeof scene): number[] =>
    Array.from(closed.gaussians.logScales, (value, k) => Math.exp(value - (scene.gaussians.logScales[k] ?? 0)));

  it('grows what the motion pulls apart as far as it does, and nothing else', () => {
    const { means } = gaussiansAt(scene, 0.5);
    const stretch = distance(pointOf(means, 0), pointOf(means, 1)) / 0.01;
    expect(stretch).toBeGreaterThan(1.3);
    expect(stretch).toBeLessThan(2.4);
    const grown = growth(closeGaps(scene, body.links));
    for (const [k, factor] of grown.entries()) {
      expect(factor).toBeCloseTo(k < 6 && k % 3 !== 2 ? stretch : 1, 4);
    }
  });

  it('shrinks nothing, and grows nothing beyond a bound', () => {
    const far = puppetScene(body, [resting, randomPose(5), resting], 12);
    const grown = growth(closeGaps(far, body.links));
    expect(Math.min(...grown)).toBeGreaterThan(0.999);
    expect(Math.max(...grown)).toBeCloseTo(2.5, 3);
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
