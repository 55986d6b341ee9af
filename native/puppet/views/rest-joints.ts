import type { Gaussians } from '../../../core/gaussians.ts';
import { distance, mix, type Vector } from '../../../core/vector.ts';
import { SIDES, type PerJoint, type Side } from '../rig/joints.ts';
import { beyond } from './joints-in-space.ts';

/** Where the spine bends, in parts of the way from the hips to the neck. */
const SPINE = 0.45;
const HAND = 0.4;
const FOOT = 0.3;
/** From the neck through the middle of the head to the crown. */
const CROWN = 1.9;

/**
 * The joints of a puppet from keypoints in space. Knuckles and toes that nobody saw are placed by proportion, missing joints of one
 * side by the other's. Returns undefined where trunk or limbs are missing on both sides.
 */
export function restJoints(found: ReadonlyMap<string, Vector>, gaussians: Gaussians): PerJoint<Vector> | undefined {
  const known = completed(found);
  if (!known) return undefined;
  const at = (name: string): Vector => known.get(name) ?? [0, 0, 0];
  const hips = mix(at('right_hip'), at('left_hip'), 0.5);
  const neck = mix(at('right_shoulder'), at('left_shoulder'), 0.5);
  const limb = (side: Side) => {
    const [elbow, wrist] = [at(`${side}_elbow`), at(`${side}_wrist`)];
    const ankle = at(`${side}_ankle`);
    const tip = known.get(`${side}_middle_4`);
    const straight = beyond(elbow, wrist, 1 + HAND);
    return {
      [`${side}_shoulder`]: at(`${side}_shoulder`),
      [`${side}_elbow`]: elbow,
      [`${side}_wrist`]: wrist,
      [`${side}_fingers`]: tip && distance(tip, wrist) < distance(elbow, wrist) ? tip : straight,
      [`${side}_hip`]: at(`${side}_hip`),
      [`${side}_knee`]: at(`${side}_knee`),
      [`${side}_ankle`]: ankle,
      [`${side}_toes`]: known.get(`${side}_big_toe`) ?? beyond(at(`${side}_knee`), ankle, 1 + FOOT),
    };
  };
  const [right = {}, left = {}] = SIDES.map(limb);
  const crown = crownAbove(neck, middleOfHead(known) ?? beyond(hips, neck, 1.35), gaussians);
  return { hips, spine: mix(hips, neck, SPINE), neck, crown, ...right, ...left } as PerJoint<Vector>;
}

const LIMB_JOINTS = ['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'];

/** The known joints, one side's missing ones mirrored from the other's across the middle of the trunk. */
function completed(found: ReadonlyMap<string, Vector>): ReadonlyMap<string, Vector> | undefined {
  const known = new Map(found);
  const middles = ['shoulder', 'hip'].flatMap((joint) => {
    const [right, left] = [known.get(`right_${joint}`), known.get(`left_${joint}`)];
    return right && left ? [mix(right, left, 0.5)] : [];
  });
  const [middle] = middles;
  if (!middle) return undefined;
  for (const joint of LIMB_JOINTS) {
    for (const side of SIDES) {
      const partner = known.get(`${side === 'right' ? 'left' : 'right'}_${joint}`);
      const own = known.get(`${side}_${joint}`);
      if (own) continue;
      if (!partner) return undefined;
      known.set(`${side}_${joint}`, [2 * middle[0] - partner[0], partner[1], partner[2]]);
    }
  }
  return known;
}

function middleOfHead(known: ReadonlyMap<string, Vector>): Vector | undefined {
  const [right, left] = [known.get('right_ear'), known.get('left_ear')];
  return right && left ? mix(right, left, 0.5) : known.get('nose');
}

/** Up from the neck through the head to the top of the cloud, or to where a crown usually is. */
function crownAbove(neck: Vector, head: Vector, { count, means }: Gaussians): Vector {
  const usual = beyond(neck, head, CROWN);
  const reach = distance(neck, usual);
  const heights: number[] = [];
  for (let i = 0; i < count; i++) {
    const [x = 0, y = 0, z = 0] = means.subarray(i * 3, i * 3 + 3);
    if (z > head[2] && Math.hypot(x - head[0], y - head[1]) < reach * 0.6) heights.push(z);
  }
  heights.sort((a, b) => a - b);
  const top = heights[Math.floor(heights.length * 0.98)];
  return top !== undefined && top > head[2] ? mix(neck, usual, (top - neck[2]) / (usual[2] - neck[2] || 1)) : usual;
}
