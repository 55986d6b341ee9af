import type { Vector } from '../../../core/vector.ts';
import { BONES } from './bones.ts';
import type { PerJoint } from './joints.ts';

/**
 * A node of the skin: a place on a bone. Two bones that meet have a node each at their common joint, so that what lies
 * between them turns about that joint.
 */
export interface RigNode {
  readonly bone: number;
  readonly position: Vector;
}

/** A character's skeleton at rest, in world coordinates. */
export interface Rig {
  readonly joints: PerJoint<Vector>;
  readonly nodes: readonly RigNode[];
  /** Node of bone `bone` at the joint it shares with `other`; at its own joint when the two do not meet. */
  readonly nodeAt: (bone: number, other: number) => number;
}

export function makeRig(joints: PerJoint<Vector>): Rig {
  const nodes: RigNode[] = [];
  const shared = new Map<string, number>();
  const own: number[] = [];
  for (const [bone, { from, parent }] of BONES.entries()) {
    own.push(nodes.length);
    nodes.push({ bone, position: joints[from] });
    if (parent < 0) continue;
    shared.set(`${bone},${parent}`, nodes.length - 1);
    shared.set(`${parent},${bone}`, nodes.length);
    nodes.push({ bone: parent, position: joints[from] });
  }
  return { joints, nodes, nodeAt: (bone, other) => shared.get(`${bone},${other}`) ?? own[bone] ?? 0 };
}
