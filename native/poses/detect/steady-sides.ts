import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { COCO, distance, jointAt, scoreOf, torsoLength } from './coco-joints.ts';

/**
 * What it costs, in lengths of the trunk a joint, to call left right in a frame against the detector. Less than the jump of a
 * body that would turn round between two frames, more than what a quick limb moves.
 */
const RENAMING = 0.08;
const SEEN = 0.2;

/**
 * Makes left and right keep their sides through time: where a detector takes front for back in some frames, the names that
 * make the joints move least in all are kept, close to what most frames say.
 */
export function steadySides(poses: readonly Pose[]): Pose[] {
  const cost: [number, number][] = [];
  const from: [number, number][] = [];
  poses.forEach((pose, frame) => {
    const before = poses[frame - 1];
    const [kept, renamed] = cost[frame - 1] ?? [0, 0];
    const same = before ? motion(before, pose, false) : 0;
    const crossed = before ? motion(before, pose, true) : 0;
    const seen = isSeen(pose) ? RENAMING : 0;
    from.push([kept + same <= renamed + crossed ? 0 : 1, renamed + same <= kept + crossed ? 1 : 0]);
    cost.push([Math.min(kept + same, renamed + crossed), Math.min(renamed + same, kept + crossed) + seen]);
  });
  const result = [...poses];
  const [kept, renamed] = cost.at(-1) ?? [0, 0];
  let state: 0 | 1 = renamed < kept ? 1 : 0;
  for (let frame = poses.length - 1; frame >= 0; frame--) {
    const pose = poses[frame];
    if (pose && state === 1) result[frame] = mirrorNames(pose);
    state = from[frame]?.[state] === 1 ? 1 : 0;
  }
  return result;
}

const isSeen = ({ keypoints }: Pose): boolean => scoreOf(keypoints, COCO.leftHip) > 0;

/** How far the joints move between two frames on average, in lengths of the trunk; with `crossed`, left to right. */
function motion(before: Pose, after: Pose, crossed: boolean): number {
  const torso = Math.max(torsoLength(before.keypoints), torsoLength(after.keypoints), 1);
  let [sum, count] = [0, 0];
  for (let k: number = COCO.leftShoulder; k < COCO.count; k++) {
    const partner = crossed ? k + (k % 2 === 1 ? 1 : -1) : k;
    if (scoreOf(before.keypoints, k) <= SEEN || scoreOf(after.keypoints, partner) <= SEEN) continue;
    sum += Math.min(1, distance(jointAt(before.keypoints, k), jointAt(after.keypoints, partner)) / torso);
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** The same pose with every left keypoint called right. */
export function mirrorNames({ keypoints, depths }: Pose): Pose {
  const [points, far] = [Float32Array.from(keypoints), depths && Float32Array.from(depths)];
  for (const [a, b] of COCO_WHOLEBODY133.mirrored) {
    points.set(keypoints.subarray(a * 3, a * 3 + 3), b * 3);
    points.set(keypoints.subarray(b * 3, b * 3 + 3), a * 3);
    if (!far || !depths) continue;
    far[b] = depths[a] ?? NaN;
    far[a] = depths[b] ?? NaN;
  }
  return far ? { keypoints: points, depths: far } : { keypoints: points };
}
