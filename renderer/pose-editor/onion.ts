import { poseAt, recordOf, type ProjectDocument } from '../../core/document/document.ts';
import type { OnionPose } from './draw-pose.ts';

/** The poses of the frames around one, farther ones fainter and first, so that nearer ones lie over them. */
export function onionPoses(document: ProjectDocument, frame: number, reach: number): OnionPose[] {
  const frames = recordOf(document, 'motion')?.frames ?? 0;
  const poses: OnionPose[] = [];
  for (let away = reach; away >= 1; away--) {
    for (const at of [frame - away, frame + away]) {
      const record = at >= 0 && at < frames ? poseAt(document, at) : undefined;
      if (record) poses.push({ points: record.keypoints, strength: 1 - (away - 1) / reach, isBefore: at < frame });
    }
  }
  return poses;
}
