import { MIN_CONFIDENCE, type Pose } from './pose-sequence.ts';
import { BODY, type BodyJoint } from './skeleton.ts';

export type PosePoint = readonly [x: number, y: number];

/** Place of a joint of an `openpose18` pose, in pixels; undefined where it is not trusted. */
export function trustedJoint({ keypoints }: Pose, name: BodyJoint): PosePoint | undefined {
  const [x = 0, y = 0, confidence = 0] = keypoints.subarray(BODY[name] * 3, BODY[name] * 3 + 3);
  return confidence >= MIN_CONFIDENCE ? [x, y] : undefined;
}

/** Of an `openpose18` pose, in pixels; undefined unless both hips are trusted. */
export function middleOfHips(pose: Pose): PosePoint | undefined {
  const [right, left] = [trustedJoint(pose, 'right_hip'), trustedJoint(pose, 'left_hip')];
  return right && left && [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2];
}

/**
 * Trunk (neck to the middle of the hips) and the longer visible leg of an `openpose18` pose, in pixels: what tells a person's
 * size best, heads and hats being what they are. Undefined where no leg or no trunk is seen whole.
 */
export function bodySize(pose: Pose): number | undefined {
  const [neck, hips] = [trustedJoint(pose, 'neck'), middleOfHips(pose)];
  if (!neck || !hips) return undefined;
  const legs = (['right', 'left'] as const).flatMap((side) => {
    const [hip, knee, ankle] = (['hip', 'knee', 'ankle'] as const).map((name) => trustedJoint(pose, `${side}_${name}`));
    return hip && knee && ankle ? [pixelsApart(hip, knee) + pixelsApart(knee, ankle)] : [];
  });
  return legs.length > 0 ? pixelsApart(neck, hips) + Math.max(...legs) : undefined;
}

export const pixelsApart = ([ax, ay]: PosePoint, [bx, by]: PosePoint): number => Math.hypot(ax - bx, ay - by);
