import type { Quaternion } from '../../../core/quaternion.ts';
import { IDENTITY, rotate, towards } from '../../../core/quaternion.ts';
import { add, subtract, type Vector } from '../../../core/vector.ts';
import { BONES } from '../rig/bones.ts';
import type { Rig } from '../rig/rig.ts';

/** How far each bone has turned from rest, in world axes, one a bone. */
export type BoneRotations = readonly Quaternion[];

/** Where each bone's joint lies, when the first one's lies at `root`. */
export function jointPositions({ joints }: Rig, rotations: BoneRotations, root: Vector): Vector[] {
  const positions: Vector[] = [];
  for (const { parent, from } of BONES) {
    const above = BONES[parent];
    const hangsAt = positions[parent];
    positions.push(
      above && hangsAt
        ? add(hangsAt, rotate(rotations[parent] ?? IDENTITY, subtract(joints[from], joints[above.from])))
        : root,
    );
  }
  return positions;
}

/**
 * The same rotations with the signs that blend: each bone's is the nearer one to its parent's, the first one's to that of the
 * frame before.
 */
export function alignSigns(rotations: BoneRotations, before: Quaternion): Quaternion[] {
  const aligned: Quaternion[] = [];
  for (const [bone, { parent }] of BONES.entries()) {
    aligned.push(towards(rotations[bone] ?? IDENTITY, aligned[parent] ?? before));
  }
  return aligned;
}
