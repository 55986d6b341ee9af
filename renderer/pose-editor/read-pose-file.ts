import { AppError } from '../../core/errors.ts';
import { isRecord } from '../../core/formats/json.ts';
import { isOpenPose, readOpenPose } from '../../core/formats/openpose.ts';
import { isPosesJson, readPoses } from '../../core/formats/poses.ts';
import { type CopiedPose, copyPose } from '../../core/pose-edit/copied-pose.ts';
import { isKnown, pointCount, tidyCoordinate } from '../../core/pose-edit/points.ts';

interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** A pose file of more bytes than this is no pose file. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * The first pose of a poses.json or an OpenPose file, scaled into a frame. Joints that the file does not know are left out.
 * Throws an `AppError` where the file is neither.
 */
export async function readPoseFile(file: File, frame: FrameSize): Promise<CopiedPose> {
  if (file.size > MAX_BYTES) throw new AppError('bad-input', `${file.name} is too large for a file of poses.`);
  return readPoseText(await file.text(), file.name, frame);
}

export function readPoseText(text: string, name: string, frame: FrameSize): CopiedPose {
  const json = parse(text, name);
  const sequence = isPosesJson(json)
    ? readPoses(text, name)
    : isOpenPose(json)
      ? readOpenPose([{ json, name }], { size: frame })
      : undefined;
  const [pose] = sequence?.frames ?? [];
  if (!sequence || !pose) {
    throw new AppError('bad-input', `${name} is neither a poses.json nor an OpenPose file; choose one of these.`);
  }
  const [across, down] = [frame.width / sequence.width, frame.height / sequence.height];
  // One scale for both sides, or a body from a frame of another shape would be stretched.
  const scale = Math.min(across, down);
  const [left, top] = [(frame.width - sequence.width * scale) / 2, (frame.height - sequence.height * scale) / 2];
  const points = Array.from(pose.keypoints, (value, i) => {
    if (i % 3 === 2) return Math.round(value * 1000) / 1000;
    return tidyCoordinate(value * scale + (i % 3 === 0 ? left : top));
  });
  const known = Array.from({ length: pointCount(sequence.skeleton) }, (_, joint) => joint).filter((joint) =>
    isKnown(points, joint),
  );
  if (known.length === 0) throw new AppError('bad-input', `${name} shows nobody in its first frame.`);
  return copyPose(sequence.skeleton, points, known);
}

function parse(text: string, name: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json) || Array.isArray(json)) return json;
  } catch {
    // Told below: where in the text it went wrong helps nobody who exported it.
  }
  throw new AppError('bad-input', `${name} is no JSON; choose a poses.json or an OpenPose file.`);
}
