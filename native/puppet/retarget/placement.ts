import { jointAt, middleOfHips, MOTION_JOINTS, type Motion } from '../../../core/poses/motion.ts';
import { IDENTITY, rotate } from '../../../core/quaternion.ts';
import { add, distance, scale, subtract, type Vector } from '../../../core/vector.ts';
import { BONE } from '../rig/bones.ts';
import { SIDES } from '../rig/joints.ts';
import type { Rig } from '../rig/rig.ts';
import { jointPositions, type BoneRotations } from './posed-bones.ts';

/**
 * Where the moving character stands.
 * - `ground`: its feet on z = `floor` when the person's are on the ground, its way scaled to its own legs.
 * - `same`: the person is the character, seen by the same camera: the hips go where the person's go, from where they were at
 *   frame `from`.
 */
export type Placement =
  { readonly type: 'ground'; readonly floor: number } | { readonly type: 'same'; readonly from: number };

/** The ground is where the lower foot is in this share of the frames, from below: it outlasts a few bad ones. */
const GROUND_SHARE = 0.1;
/** Walking farther than this from the middle would leave the ring's view, in world units. */
const MAX_WAY = 0.45;

const ANKLES = SIDES.map((side) => MOTION_JOINTS.indexOf(`${side}_ankle`));

/** Position of the hips at each frame. */
export function placeRoots(
  motion: Motion,
  rig: Rig,
  rotations: readonly BoneRotations[],
  placement: Placement,
): Vector[] {
  const hips = motion.frames.map(middleOfHips);
  if (placement.type === 'same') {
    const start = hips[placement.from] ?? hips[0] ?? [0, 0, 0];
    return hips.map((at) => add(rig.joints.hips, subtract(at, start)));
  }
  const ratio = legLength(rig) / Math.max(personLegLength(motion), 1e-6);
  const heights = motion.frames.map((frame) => Math.min(...ANKLES.map((ankle) => jointAt(frame, ankle)[2])));
  const ground = [...heights].sort((a, b) => a - b)[Math.floor(heights.length * GROUND_SHARE)] ?? 0;
  const way = fitWay(hips.map((at) => scale(at, ratio)));
  return hips.map((_, frame) => {
    const [x = 0, y = 0] = way[frame] ?? [];
    const lift = Math.max(0, (heights[frame] ?? 0) - ground) * ratio;
    return [x, y, placement.floor + lift - lowestSole(rig, rotations[frame] ?? [], placement.floor)];
  });
}

/** The way over the ground about its middle, made smaller where it would leave the view. */
function fitWay(points: readonly Vector[]): [number, number][] {
  const middle = (c: 0 | 1): number => {
    const values = points.map((point) => point[c]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  };
  const centred = points.map(([x, y]): [number, number] => [x - middle(0), y - middle(1)]);
  const farthest = Math.max(...centred.map(([x, y]) => Math.hypot(x, y)), 1e-9);
  const factor = Math.min(1, MAX_WAY / farthest);
  return centred.map(([x, y]) => [x * factor, y * factor]);
}

const legLength = ({ joints }: Rig): number =>
  SIDES.reduce(
    (sum, side) =>
      sum +
      distance(joints[`${side}_hip`], joints[`${side}_knee`]) +
      distance(joints[`${side}_knee`], joints[`${side}_ankle`]),
    0,
  ) / 2;

/** Of the person, the longest seen: lifting may shorten a leg, never lengthen it. */
function personLegLength({ frames }: Motion): number {
  const lengths = frames.flatMap((frame) =>
    SIDES.map((side) => {
      const [hip, knee, ankle] = ['hip', 'knee', 'ankle'].map((name) =>
        jointAt(frame, MOTION_JOINTS.indexOf(`${side}_${name}`)),
      ) as [Vector, Vector, Vector];
      return distance(hip, knee) + distance(knee, ankle);
    }),
  );
  return Math.max(...lengths.filter(Number.isFinite), 0);
}

/** Height of the lowest point of both soles when the hips are at height 0. */
function lowestSole(rig: Rig, rotations: BoneRotations, floor: number): number {
  const origins = jointPositions(rig, rotations, [0, 0, 0]);
  const heights = SIDES.flatMap((side) => {
    const foot = BONE[`${side}_foot`];
    const [ankle, toes] = [rig.joints[`${side}_ankle`], rig.joints[`${side}_toes`]];
    return [ankle, toes].map(([x, y]) => {
      const below = rotate(rotations[foot] ?? IDENTITY, subtract([x, y, floor], ankle));
      return (origins[foot]?.[2] ?? 0) + below[2];
    });
  });
  return Math.min(...heights);
}
