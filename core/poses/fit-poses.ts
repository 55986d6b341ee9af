import { AppError } from '../errors.ts';
import { bodySize, middleOfHips, pixelsApart, trustedJoint, type PosePoint } from './body-size.ts';
import { toBody18 } from './convert.ts';
import type { Pose, PoseSequence } from './pose-sequence.ts';
import { OPENPOSE18, type BodyJoint } from './skeleton.ts';

/** A picture of the character with its joints. */
export interface FittedCharacter {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Keypoints of `coco-wholebody133` in those pixels. */
  readonly pose: Pose;
}

export interface FittedPoses {
  /** In pixels of the character's picture. */
  readonly poses: PoseSequence;
  /** Whether the poses lay over the character already and were only scaled with the frame. */
  readonly overlay: boolean;
  /** Frames in which a body joint lies outside the picture. */
  readonly outside: readonly number[];
}

/** Poses lie over the character when one frame's joints are this near on average, in parts of the character's size. */
const OVERLAY = 0.06;
/** The person is as large as in nine of ten sights: foreshortening only ever makes it smaller. */
const LARGEST = 0.9;
const MIDDLE = 0.5;

/**
 * Lays a person's poses over a character: made as large as the character (trunk and leg), standing on its ground, and beginning
 * the median of the movement where the character stands. Poses that lie over it already, as those made for this very picture
 * do, are only scaled from their frame to the picture. The person's proportions stay: a generator that is driven by poses takes
 * them as they are.
 * Throws an `AppError` where the poses or the character show too little of a body to tell its size.
 */
export function fitPoses(sequence: PoseSequence, character: FittedCharacter): FittedPoses {
  const { width, height } = character;
  const rest = bodyOf(character);
  const size = bodySize(rest);
  if (size === undefined) {
    throw new AppError(
      'bad-input',
      "The character's trunk and a leg are not seen in its picture; give its joints with --rest-pose.",
    );
  }
  const stretched = mapPoses(sequence, width, height, ([x, y]) => [
    (x * width) / sequence.width,
    (y * height) / sequence.height,
  ]);
  const overlay = distanceOver(toBody18(stretched).frames, rest) < OVERLAY * size;
  const poses = overlay ? stretched : placed(sequence, character, rest, size);
  return { poses, overlay, outside: framesOutside(poses) };
}

function bodyOf({ width, height, pose }: FittedCharacter): Pose {
  const [body] = toBody18({ skeleton: 'coco-wholebody133', width, height, fps: 1, frames: [pose] }).frames;
  return body ?? pose;
}

/** Where the lower foot stands, in pixels from the top. */
function groundOf(pose: Pose): number | undefined {
  const ankles = (['right_ankle', 'left_ankle'] as const).flatMap((name) => trustedJoint(pose, name)?.[1] ?? []);
  return ankles.length > 0 ? Math.max(...ankles) : undefined;
}

/** The nearest any frame comes to the pose at rest: mean distance of the joints that both know, at least half of all. */
function distanceOver(frames: readonly Pose[], rest: Pose): number {
  const distances = frames.map((pose) => {
    const offsets = OPENPOSE18.names.flatMap((name) => {
      const [seen, still] = [trustedJoint(pose, name as BodyJoint), trustedJoint(rest, name as BodyJoint)];
      return seen && still ? [pixelsApart(seen, still)] : [];
    });
    if (offsets.length < OPENPOSE18.names.length / 2) return Infinity;
    return offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
  });
  return Math.min(...distances);
}

function placed(sequence: PoseSequence, { width, height }: FittedCharacter, rest: Pose, size: number): PoseSequence {
  const { frames } = toBody18(sequence);
  const person = quantile(
    frames.flatMap((pose) => bodySize(pose) ?? []),
    LARGEST,
  );
  if (person === undefined || !(person > 0)) {
    throw new AppError('bad-input', 'The poses never show a trunk and a leg together; use poses of a whole body.');
  }
  const scale = size / person;
  const across =
    quantile(
      frames.flatMap((pose) => middleOfHips(pose)?.[0] ?? []),
      MIDDLE,
    ) ?? sequence.width / 2;
  const ground =
    quantile(
      frames.flatMap((pose) => groundOf(pose) ?? []),
      LARGEST,
    ) ?? sequence.height;
  const [restAcross = width / 2] = middleOfHips(rest) ?? [];
  const restGround = groundOf(rest) ?? height;
  return mapPoses(
    sequence,
    width,
    height,
    ([x, y]) => [restAcross + (x - across) * scale, restGround + (y - ground) * scale],
    scale,
  );
}

function mapPoses(
  sequence: PoseSequence,
  width: number,
  height: number,
  map: (point: PosePoint) => PosePoint,
  depthScale = width / sequence.width,
): PoseSequence {
  const frames = sequence.frames.map(({ keypoints, depths }): Pose => {
    const moved = keypoints.slice();
    for (let k = 0; k < moved.length; k += 3) {
      const [x, y] = map([keypoints[k] ?? 0, keypoints[k + 1] ?? 0]);
      moved[k] = x;
      moved[k + 1] = y;
    }
    return { keypoints: moved, ...(depths ? { depths: depths.map((depth) => depth * depthScale) } : {}) };
  });
  return { ...sequence, width, height, frames };
}

function framesOutside(sequence: PoseSequence): number[] {
  const { frames, width, height } = toBody18(sequence);
  return frames.flatMap((pose, frame) => {
    const points = OPENPOSE18.names
      .flatMap((name) => [trustedJoint(pose, name as BodyJoint) ?? []])
      .filter((p) => p.length > 0);
    const inside = points.every(([x = 0, y = 0]) => x >= 0 && x <= width && y >= 0 && y <= height);
    return inside ? [] : [frame];
  });
}

/** The value that this part of the numbers stays below; undefined of none. */
function quantile(values: readonly number[], part: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];
}
