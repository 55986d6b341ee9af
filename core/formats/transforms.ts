import type { Camera } from '../camera.ts';
import { AppError } from '../errors.ts';
import { isRigid, MAX_PICTURE_SIZE, readMatrix } from './cameras.ts';
import { isRecord, parseJson, type JsonRecord } from './json.ts';

/** One picture of the published data layout. */
export interface TransformsFrame {
  /** As in the file, without or with the ending .png, relative to the folder of the file. */
  readonly filePath: string;
  /** 0..1. */
  readonly time: number;
  readonly cameraToWorld: Float64Array;
}

export interface Transforms {
  /** Field of view in radians, over the picture's shorter side (the published pictures are squares or centred ones). */
  readonly cameraAngleX: number;
  readonly frames: readonly TransformsFrame[];
}

/** Reads transforms_train.json: camera_angle_x and one entry a picture. `name` stands for the file in errors. */
export function readTransforms(source: Uint8Array | string, name = 'transforms_train.json'): Transforms {
  const wrong = (problem: string): AppError => new AppError('bad-input', `${name}: ${problem}.`);
  const json = parseJson(source, name);
  if (!isRecord(json) || !Array.isArray(json.frames) || json.frames.length === 0) {
    throw wrong('needs camera_angle_x and a list "frames"');
  }
  const angle = json.camera_angle_x;
  if (typeof angle !== 'number' || !(angle > 0 && angle < Math.PI)) {
    throw wrong('"camera_angle_x" must be an angle between 0 and pi');
  }
  const entries: readonly unknown[] = json.frames;
  const frames = entries.map((entry, index) => readFrame(isRecord(entry) ? entry : {}, index, wrong));
  return { cameraAngleX: angle, frames };
}

function readFrame(entry: JsonRecord, index: number, wrong: (problem: string) => AppError): TransformsFrame {
  const { file_path: filePath, time, transform_matrix: matrix } = entry;
  if (typeof filePath !== 'string' || filePath === '') throw wrong(`frame ${index} needs a "file_path"`);
  if (typeof time !== 'number' || !(time >= 0 && time <= 1)) throw wrong(`frame ${index} needs a "time" from 0 to 1`);
  const cameraToWorld = readMatrix(matrix);
  if (!cameraToWorld || !isRigid(cameraToWorld)) {
    throw wrong(`"transform_matrix" of frame ${index} is no rotation and translation`);
  }
  return { filePath, time, cameraToWorld };
}

/** The camera of a frame for pictures of the given size: square pixels, centre in the middle. */
export function transformsCamera(
  cameraAngleX: number,
  cameraToWorld: Float64Array,
  width: number,
  height: number,
): Camera {
  if (Math.max(width, height) > MAX_PICTURE_SIZE) throw new RangeError(`A picture of ${width}x${height} is too large.`);
  // The published network paints 480x480 squares in the middle of 720x480 pictures; the angle is that of the square.
  const focal = Math.min(width, height) / 2 / Math.tan(cameraAngleX / 2);
  return { width, height, fx: focal, fy: focal, cx: width / 2, cy: height / 2, cameraToWorld };
}
