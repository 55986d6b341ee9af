import {
  type CharacterRecord,
  type DocumentRecord,
  newDocument,
  poseId,
  type PoseRecord,
  type SceneRecord,
} from '../../../core/document/document.ts';
import { readPoses } from '../../../core/formats/poses.ts';
import { convertPoses } from '../../../core/poses/convert.ts';
import type { SkeletonId } from '../../../core/poses/skeleton.ts';

export interface SampleOptions {
  readonly skeleton: SkeletonId;
  readonly frames: number;
  /** Assets by what they stand for. */
  readonly picture: string | null;
  readonly video: string | null;
}

/** The records of a project with a motion of a poses.json, repeated or cut to so many frames, and a scene's errors. */
export function sampleRecords(text: string, { skeleton, frames, picture, video }: SampleOptions): DocumentRecord[] {
  const sequence = convertPoses(readPoses(text), skeleton);
  const poses = Array.from({ length: frames }, (_, frame): PoseRecord => {
    const pose = sequence.frames[frame % sequence.frames.length];
    const keypoints = Array.from(pose?.keypoints ?? [], (value) => Math.round(value * 100) / 100);
    // As of a detector: some joints less sure than others, and one frame in which an arm is lost.
    for (let k = 0; k < keypoints.length / 3; k++) {
      const confidence = 0.62 + 0.38 * Math.abs(Math.sin(k * 1.7 + frame * 0.4));
      if (keypoints[k * 3 + 2]) keypoints[k * 3 + 2] = Math.round(confidence * 100) / 100;
    }
    return { id: poseId(frame), type: 'pose', frame, keypoints, depths: null, original: null, keys: [], hidden: [] };
  });
  const { width, height, fps } = sequence;
  const records: DocumentRecord[] = [
    ...newDocument('Sample').values(),
    {
      id: 'motion',
      type: 'motion',
      name: 'wave',
      source: 'built-in',
      video,
      skeleton,
      width,
      height,
      fps,
      frames,
      loop: null,
    },
    ...poses,
    sampleScene(frames, fps),
  ];
  if (picture !== null) records.push(sampleCharacter(picture));
  return records;
}

const sampleCharacter = (picture: string): CharacterRecord => ({
  ...{ id: 'character', type: 'character', picture, pictureName: 'cyborg.png', width: 512, height: 512 },
  ...{ mask: null, restPose: null, views: null },
});

/** Frame 7 is much worse than the others; in frames 7, 8 and 15 part of the character is missing. */
const sampleScene = (frames: number, fps: number): SceneRecord => ({
  ...{ id: 'scene', type: 'scene', asset: 'a'.repeat(64), gaussians: 9000, frames, fps, iterations: 4000 },
  ...{ seconds: 100, preset: 'standard', psnr: 31, ssim: 0.97, curve: [], madeAt: '2026-01-01T00:00:00.000Z' },
  framePsnr: Array.from({ length: frames }, (_, frame) => 31 - (frame === 7 ? 6 : 0) + Math.sin(frame)),
  frameUncovered: Array.from({ length: frames }, (_, frame) => ([7, 8, 15].includes(frame) ? 0.12 : 0.01)),
});
