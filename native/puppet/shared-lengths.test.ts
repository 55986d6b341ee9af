import { describe, expect, it } from 'vitest';
import { fitToCharacter } from '../../core/poses/fit-to-character.ts';
import type { Pose, PoseSequence } from '../../core/poses/pose-sequence.ts';
import { BODY, type BodyJoint } from '../../core/poses/skeleton.ts';
import { ringCameras } from '../../core/ring.ts';
import { add, distance, scale, subtract, type Vector } from '../../core/vector.ts';
import { figure, photographed } from '../../test/helpers/figure.ts';
import { restRig } from '../../test/helpers/rest-rig.ts';
import { perJoint, SIDES, type Joint, type PerJoint } from './rig/joints.ts';
import { sharedLengths } from './shared-lengths.ts';

/** A body whose legs are half as long as a person's, on the ground of its own. */
function shortLegged(): PerJoint<Vector> {
  const { joints } = restRig();
  const legs = (joint: Joint): Vector | undefined => {
    const side = SIDES.find((each) => joint.startsWith(each));
    if (!side || !/knee|ankle|toes/.test(joint)) return undefined;
    const hip = joints[`${side}_hip`];
    return add(hip, scale(subtract(joints[joint], hip), 1 / 2));
  };
  return perJoint((joint) => legs(joint) ?? joints[joint]);
}

/** The joints in pixels of a picture, 200 a unit. */
function pictured(joints: PerJoint<Vector>): Pose {
  const keypoints = new Float32Array(18 * 3);
  for (const name of Object.keys(BODY) as BodyJoint[]) {
    if (!(name in joints)) continue;
    const [x, , z] = joints[name as Joint];
    keypoints.set([300 + 200 * x, 400 - 200 * z, 1], BODY[name] * 3);
  }
  return { keypoints };
}

const [front] = ringCameras(512);
if (!front) throw new Error('no camera');
const motion: PoseSequence = photographed(
  Array.from({ length: 12 }, (_, t) => figure({ legs: { left: [0.1 * t, 0.15 * t], right: [0.1, 0.2] } })),
  front,
);

describe('lengths that a person shares with the character', () => {
  const joints = shortLegged();

  it('are those of the character where the motion was fitted to it', () => {
    const rest = { skeleton: 'openpose18', width: 600, height: 480, pose: pictured(joints) } as const;
    const lengths = sharedLengths(fitToCharacter(motion, rest).poses, joints, 1 / 200);
    const thigh = distance(joints.left_hip, joints.left_knee);
    expect(lengths?.thigh).toBeCloseTo(thigh, 2);
    expect((lengths?.shin ?? NaN) / (lengths?.spine ?? NaN)).toBeCloseTo(
      distance(joints.left_knee, joints.left_ankle) / distance(joints.hips, joints.neck),
      1,
    );
  });

  it("are none where somebody else's proportions are", () => {
    expect(sharedLengths(motion, joints, 1 / 200)).toBeUndefined();
    expect(sharedLengths({ ...motion, frames: [] }, joints, 1)).toBeUndefined();
  });
});
