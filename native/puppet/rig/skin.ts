import { NODES_PER_GAUSSIAN } from '../../../core/deformation/deformation.ts';
import { BONES } from './bones.ts';
import type { Rig } from './rig.ts';

/** Which nodes move each point, as `NodeDeformation` takes it. */
export interface Skin {
  /** [N, NODES_PER_GAUSSIAN] */
  readonly neighbours: Int32Array;
  /** [N, NODES_PER_GAUSSIAN], rows sum to 1. */
  readonly weights: Float32Array;
}

/** Shares below this move nothing that can be seen. */
const MIN_WEIGHT = 0.02;
/** The strongest bone splits over two nodes, so that three bones fill the four places. */
const MAX_BONES = 3;

/**
 * From how much each bone moves a point to nodes and weights. The strongest bone's share is split over the joints
 * at which the others meet it: each pair then turns about the joint between the two.
 * @param boneWeights [N, number of bones], not negative.
 */
export function skinOf(rig: Rig, boneWeights: Float32Array): Skin {
  const bones = BONES.length;
  const count = boneWeights.length / bones;
  const neighbours = new Int32Array(count * NODES_PER_GAUSSIAN);
  const weights = new Float32Array(count * NODES_PER_GAUSSIAN);
  for (let point = 0; point < count; point++) {
    const strongest = strongestBones(boneWeights.subarray(point * bones, (point + 1) * bones));
    for (const [place, { node, weight }] of shares(rig, strongest).entries()) {
      neighbours[point * NODES_PER_GAUSSIAN + place] = node;
      weights[point * NODES_PER_GAUSSIAN + place] = weight;
    }
  }
  return { neighbours, weights };
}

interface BoneShare {
  readonly bone: number;
  readonly weight: number;
}

/** The few bones that count, strongest first, their weights summing to 1. */
function strongestBones(row: Float32Array): BoneShare[] {
  const kept = Array.from(row, (weight, bone) => ({ bone, weight }))
    .filter(({ weight }) => weight > MIN_WEIGHT)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_BONES);
  const sum = kept.reduce((total, { weight }) => total + weight, 0);
  if (!(sum > 0)) return [{ bone: 0, weight: 1 }];
  return kept.map(({ bone, weight }) => ({ bone, weight: weight / sum }));
}

function shares(rig: Rig, [first, ...others]: readonly BoneShare[]): { node: number; weight: number }[] {
  if (!first) return [];
  if (others.length === 0) return [{ node: rig.nodeAt(first.bone, first.bone), weight: first.weight }];
  const rest = others.reduce((total, { weight }) => total + weight, 0);
  return others.flatMap(({ bone, weight }) => [
    { node: rig.nodeAt(first.bone, bone), weight: (first.weight * weight) / rest },
    { node: rig.nodeAt(bone, first.bone), weight },
  ]);
}
