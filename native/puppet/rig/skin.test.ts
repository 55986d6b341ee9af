import { describe, expect, it } from 'vitest';
import { NODES_PER_GAUSSIAN } from '../../../core/deformation/deformation.ts';
import { BONE, BONES } from './bones.ts';
import { perJoint } from './joints.ts';
import { makeRig } from './rig.ts';
import { skinOf } from './skin.ts';

const rig = makeRig(perJoint((joint) => [joint.length, joint.charCodeAt(0), joint.charCodeAt(joint.length - 1)]));

const skinned = (shares: Partial<Record<keyof typeof BONE, number>>) => {
  const row = new Float32Array(BONES.length);
  for (const [bone, weight] of Object.entries(shares)) row[BONE[bone as keyof typeof BONE]] = weight;
  const { neighbours, weights } = skinOf(rig, row);
  return Array.from({ length: NODES_PER_GAUSSIAN }, (_, k) => ({
    node: rig.nodes[neighbours[k] ?? 0],
    weight: weights[k] ?? 0,
  })).filter(({ weight }) => weight > 0);
};

describe('skin', () => {
  it('of one bone is all its own', () => {
    expect(skinned({ head: 1 })).toEqual([{ node: { bone: BONE.head, position: rig.joints.neck }, weight: 1 }]);
  });

  it('of two bones turns about the joint between them', () => {
    const found = skinned({ left_thigh: 0.75, left_shin: 0.25 });
    expect(found.map(({ weight }) => weight)).toEqual([0.75, 0.25]);
    for (const { node } of found) expect(node?.position).toEqual(rig.joints.left_knee);
  });

  it('of three bones splits the strongest over both joints', () => {
    const found = skinned({ pelvis: 0.5, left_thigh: 0.25, right_thigh: 0.25 });
    expect(found.map(({ node }) => node?.position)).toEqual([
      ...[rig.joints.right_hip, rig.joints.right_hip, rig.joints.left_hip, rig.joints.left_hip],
    ]);
    expect(found.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
  });

  it('always sums to 1, also where nothing claims a point or many do', () => {
    for (const shares of [{}, { pelvis: 0.01 }, { pelvis: 1, chest: 1, head: 1, left_thigh: 1 }]) {
      expect(skinned(shares).reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
    }
  });
});

describe('the rig', () => {
  it('has parents before children, and a node of both at each joint', () => {
    for (const [bone, { parent, from }] of BONES.entries()) {
      expect(parent).toBeLessThan(bone);
      if (parent < 0) continue;
      for (const node of [rig.nodeAt(bone, parent), rig.nodeAt(parent, bone)]) {
        expect(rig.nodes[node]?.position).toEqual(rig.joints[from]);
      }
      expect(rig.nodes[rig.nodeAt(bone, parent)]?.bone).toBe(bone);
      expect(rig.nodes[rig.nodeAt(parent, bone)]?.bone).toBe(parent);
    }
  });
});
