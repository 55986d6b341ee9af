import type { NodeDeformation } from '../../core/deformation/deformation.ts';
import { IDENTITY, rotate } from '../../core/quaternion.ts';
import { add, subtract } from '../../core/vector.ts';
import type { Body } from './body/body.ts';
import type { NodeScene } from './close-gaps.ts';
import { BONES } from './rig/bones.ts';
import type { RigPose } from './retarget/retarget.ts';

/** A body and how its bones move as a 4D scene: the bones become the nodes that move the Gaussians. */
export function puppetScene({ gaussians, rig, skin }: Body, poses: readonly RigPose[], fps: number): NodeScene {
  return {
    gaussians,
    deformation: { ...moveNodes(rig, poses), ...skin },
    fps,
    frames: poses.length,
    background: [1, 1, 1],
  };
}

function moveNodes(
  { nodes, joints }: Body['rig'],
  poses: readonly RigPose[],
): Omit<NodeDeformation, 'neighbours' | 'weights'> {
  const count = nodes.length;
  const rotations = new Float32Array(poses.length * count * 4);
  const translations = new Float32Array(poses.length * count * 3);
  for (const [frame, pose] of poses.entries()) {
    for (const [node, { bone, position }] of nodes.entries()) {
      const row = frame * count + node;
      const rotation = pose.rotations[bone] ?? IDENTITY;
      const rest = joints[BONES[bone]?.from ?? 'hips'];
      const moved = add(pose.origins[bone] ?? rest, rotate(rotation, subtract(position, rest)));
      rotations.set(rotation, row * 4);
      translations.set(subtract(moved, position), row * 3);
    }
  }
  return {
    ...{ kind: 'nodes', frames: poses.length, rotations, translations },
    nodes: Float32Array.from(nodes.flatMap(({ position }) => [...position])),
    colours: new Float32Array(poses.length * count * 3),
  };
}
