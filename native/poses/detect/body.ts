import type { Network } from '../../onnx/session.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { BLAZEPOSE_COCO, bodyCrop, runBlazePose, type BlazePoseResult } from './blazepose.ts';
import {
  COCO,
  distance,
  jointAt,
  meanDistance,
  scoreOf,
  sidesAs,
  torsoLength,
  type CocoJoints,
} from './coco-joints.ts';
import type { BodyNetworks } from './find-people.ts';
import { geometricMedian } from './geometric-median.ts';
import type { Crop } from './crop.ts';
import { runMoveNet, trackingCrop } from './movenet.ts';

/**
 * Lengths of the trunk by which two networks may differ on average. Within the first, BlazePose is the finer one (its joints
 * are those of DWPose); beyond the second, which people hardly reach, it pays to look more often; beyond the third,
 * BlazePose's extra points (feet, hands, face, depth) are not to be believed.
 */
const SAME = 0.04;
const DOUBTFUL = 0.08;
const UNRELATED = 0.4;
/** Figures with large heads reach beyond the joints; on real people the wider square costs 0.1 pixels in 300. */
const WIDER_BODY = 1.2;
const WIDER_LOOK = 1.25;
/** The difference at which the agreement is one half. */
const HALF_AGREEMENT = 0.2;

export interface BodyEstimate {
  readonly joints: CocoJoints;
  readonly agreement: number;
  /** All landmarks, where they are to be believed. */
  readonly blazepose: BlazePoseResult | undefined;
}

/** Works out the joints of a person from where MoveNet sees them. */
export async function estimateBody(
  { movenet, blazepose }: BodyNetworks,
  picture: RgbPicture,
  seen: CocoJoints,
): Promise<BodyEstimate> {
  const crop = bodyCrop(seen);
  if (!crop) return { joints: seen, agreement: 0, blazepose: undefined };
  const fine = await runBlazePose(blazepose, picture, { ...crop, side: crop.side * WIDER_BODY });
  const joints = cocoOf(fine);
  const torso = Math.max(1, torsoLength(joints), torsoLength(seen));
  const difference = meanDistance(seen, joints) / torso;
  const agreement = 1 / (1 + (difference / HALF_AGREEMENT) ** 2);
  if (difference <= SAME) return { joints, agreement, blazepose: fine };
  const others = await lookAgain(movenet, picture, trackingCrop(seen, picture), difference > DOUBTFUL);
  // Which side is left: on figures without a face MoveNet took front for back in 19 of 25 frames, BlazePose in 5.
  const opinions = [...[seen, ...others].map((other) => sidesAs(joints, other)), joints];
  const related = meanDistance(sidesAs(joints, seen), joints) / torso <= UNRELATED;
  return { joints: combine(opinions, torso), agreement, blazepose: related ? fine : undefined };
}

/** MoveNet's further opinions: with more around the person and in the mirror its mistakes are others. */
async function lookAgain(movenet: Network, picture: RgbPicture, look: Crop, often: boolean): Promise<CocoJoints[]> {
  const wide = { ...look, side: look.side * WIDER_LOOK };
  const opinions = [await runMoveNet(movenet, picture, wide, { mirrored: true })];
  if (often) {
    opinions.push(await runMoveNet(movenet, picture, look, { mirrored: true }));
    opinions.push(await runMoveNet(movenet, picture, wide));
  }
  return opinions;
}

/** The joints between several opinions (the last one BlazePose's). What they differ on is less certain. */
function combine(opinions: readonly CocoJoints[], torso: number): CocoJoints {
  const joints = new Float32Array(COCO.count * 3);
  const [first = joints] = opinions;
  const last = opinions.at(-1) ?? first;
  for (let k = 0; k < COCO.count; k++) {
    const points = opinions.map((opinion) => jointAt(opinion, k));
    const apart = distance(jointAt(first, k), jointAt(last, k)) / torso;
    const close = Math.max(0, 1 - apart / UNRELATED);
    joints.set([...geometricMedian(points), close * scoreOf(last, k) + (1 - close) * scoreOf(first, k)], k * 3);
  }
  return joints;
}

/** BlazePose's landmarks as COCO joints, the visibility as the score. */
function cocoOf({ landmarks }: BlazePoseResult): CocoJoints {
  return Float32Array.from(
    BLAZEPOSE_COCO.flatMap((k) => [landmarks[k * 4] ?? 0, landmarks[k * 4 + 1] ?? 0, landmarks[k * 4 + 3] ?? 0]),
  );
}
