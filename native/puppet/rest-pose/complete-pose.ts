import { MIN_CONFIDENCE, type Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { apart, between, type Point } from '../body/grid.ts';
import { SIDES, type Side } from '../rig/joints.ts';

/** What is filled in is no more than a guess: just enough to count as known. */
const GUESSED = MIN_CONFIDENCE;
/** Usual lengths in parts of the trunk, from the shoulders' middle to the hips' middle. */
const USUAL = { shoulders: 0.72, hips: 0.42, upperArm: 0.57, forearm: 0.5, thigh: 0.84, shin: 0.84 } as const;

type Places = Map<string, Point>;

const other = (side: Side): Side => (side === 'right' ? 'left' : 'right');

/**
 * The pose with all joints of trunk and limbs known: what is missing mirrors its partner, or hangs down at its usual length.
 * Returns undefined where shoulders and hips are missing altogether.
 */
export function completePose(pose: Pose): Pose | undefined {
  const { names } = COCO_WHOLEBODY133;
  const places: Places = new Map();
  names.forEach((name, k) => {
    const [x = 0, y = 0, confidence = 0] = pose.keypoints.subarray(k * 3, k * 3 + 3);
    if (confidence >= MIN_CONFIDENCE) places.set(name, [x, y]);
  });
  const known = new Set(places.keys());
  if (!completeTrunk(places)) return undefined;
  const axis = trunkAxis(places);
  for (const side of SIDES) {
    completeLimb(places, side, ['shoulder', 'elbow', 'wrist'], [USUAL.upperArm, USUAL.forearm], axis);
    completeLimb(places, side, ['hip', 'knee', 'ankle'], [USUAL.thigh, USUAL.shin], axis);
  }
  const keypoints = pose.keypoints.slice();
  for (const [name, [x, y]] of places) {
    if (!known.has(name)) keypoints.set([x, y, GUESSED], names.indexOf(name) * 3);
  }
  return { ...pose, keypoints };
}

interface Axis {
  readonly shoulders: Point;
  readonly hips: Point;
  /** Length of the trunk. */
  readonly length: number;
}

function trunkAxis(places: Places): Axis {
  const [shoulders, hips] = [middleOf(places, 'shoulder'), middleOf(places, 'hip')];
  return { shoulders, hips, length: Math.max(apart(shoulders, hips), 1) };
}

const middleOf = (places: Places, joint: 'shoulder' | 'hip'): Point =>
  between(places.get(`right_${joint}`) ?? [0, 0], places.get(`left_${joint}`) ?? [0, 0], 0.5);

/** Shoulders and hips, from each other. */
function completeTrunk(places: Places): boolean {
  const joints = ['shoulder', 'hip'] as const;
  const has = (joint: string, side: Side): boolean => places.has(`${side}_${joint}`);
  if (!joints.some((joint) => SIDES.some((side) => has(joint, side)))) return false;
  const widthOf = (joint: 'shoulder' | 'hip'): number => (joint === 'shoulder' ? USUAL.shoulders : USUAL.hips);
  const ordered = SIDES.some((side) => has('shoulder', side)) ? joints : (['hip', 'shoulder'] as const);
  const scale = lengthGuess(places);
  for (const joint of ordered) {
    const width = widthOf(joint) * scale;
    for (const side of SIDES) {
      const name = `${side}_${joint}`;
      if (places.has(name)) continue;
      const sign = side === 'right' ? -1 : 1;
      const partner = places.get(`${other(side)}_${joint}`);
      if (partner) places.set(name, [partner[0] + sign * width, partner[1]]);
      else {
        const [x, y] = middleOf(places, joint === 'hip' ? 'shoulder' : 'hip');
        places.set(name, [x + (sign * width) / 2, y + (joint === 'hip' ? scale : -scale)]);
      }
    }
  }
  return true;
}

/** Length of the trunk from whatever pair of joints is known. */
function lengthGuess(places: Places): number {
  const pairs: readonly (readonly [string, string, number])[] = [
    ['right_shoulder', 'right_hip', 1],
    ['left_shoulder', 'left_hip', 1],
    ['right_shoulder', 'left_shoulder', USUAL.shoulders],
    ['right_hip', 'left_hip', USUAL.hips],
    ['right_hip', 'right_knee', USUAL.thigh],
    ['left_hip', 'left_knee', USUAL.thigh],
    ['right_shoulder', 'right_elbow', USUAL.upperArm],
    ['left_shoulder', 'left_elbow', USUAL.upperArm],
  ];
  for (const [from, to, usual] of pairs) {
    const [a, b] = [places.get(from), places.get(to)];
    if (a && b && apart(a, b) > 0) return apart(a, b) / usual;
  }
  return 100;
}

function completeLimb(
  places: Places,
  side: Side,
  joints: readonly [string, string, string],
  lengths: readonly [number, number],
  axis: Axis,
): void {
  const [root, middle, end] = joints.map((joint) => `${side}_${joint}`) as [string, string, string];
  const start = places.get(root);
  if (!start) return;
  const mirrored = (name: string): Point | undefined => {
    const partner = places.get(name.replace(side, other(side)));
    return partner && mirror(partner, axis);
  };
  const [known, tip] = [places.get(middle), places.get(end)];
  if (!known) {
    const hanging: Point = [start[0], start[1] + lengths[0] * axis.length];
    places.set(middle, tip ? between(start, tip, 0.5) : (mirrored(middle) ?? hanging));
  }
  if (!tip) {
    const bend = places.get(middle) ?? start;
    const straight = between(start, bend, 1 + lengths[1] / lengths[0]);
    places.set(end, (known ? undefined : mirrored(end)) ?? straight);
  }
}

/** A point on the other side of the trunk's axis. */
function mirror(point: Point, { shoulders, hips, length }: Axis): Point {
  const [ux, uy] = [(hips[0] - shoulders[0]) / length, (hips[1] - shoulders[1]) / length];
  const along = (point[0] - shoulders[0]) * ux + (point[1] - shoulders[1]) * uy;
  return [2 * (shoulders[0] + along * ux) - point[0], 2 * (shoulders[1] + along * uy) - point[1]];
}
