import { AppError } from '../errors.ts';
import type { Pose, PoseSequence } from '../poses/pose-sequence.ts';
import { SKELETONS, type SkeletonId } from '../poses/skeleton.ts';
import { MAX_PICTURE_SIZE } from './cameras.ts';
import { isRecord, parseJson } from './json.ts';

const FORMAT = 'charactershot-poses';
const VERSION = 1;
/** An hour at 60 frames a second: what is longer is no motion of a character, and would not fit into memory. */
const MAX_FRAMES = 216_000;
/** Keypoints may lie outside the frame, but not where a number loses its meaning. */
const MAX_COORDINATE = 1e6;

/** Whether JSON that was parsed already is a poses.json, whatever its version. */
export const isPosesJson = (json: unknown): boolean => isRecord(json) && json.format === FORMAT;

/** Reads poses.json. `name` stands for the file in errors, which say frame and keypoint. */
export function readPoses(source: Uint8Array | string, name = 'poses.json'): PoseSequence {
  const wrong = (problem: string): AppError => new AppError('bad-input', `${name}: ${problem}.`);
  const json = parseJson(source, name);
  if (!isRecord(json) || json.format !== FORMAT) throw wrong(`is no pose sequence; its "format" must be "${FORMAT}"`);
  if (typeof json.version === 'number' && json.version > VERSION) {
    throw new AppError('newer-version', `${name} was written by a newer version; update CharacterShot Studio.`);
  }
  const { skeleton } = json;
  if (typeof skeleton !== 'string' || !Object.hasOwn(SKELETONS, skeleton)) {
    throw wrong(`"skeleton" must be one of ${Object.keys(SKELETONS).join(', ')}`);
  }
  const number = (key: string, high: number): number => {
    const value = json[key];
    if (typeof value === 'number' && value > 0 && value <= high) return value;
    throw wrong(`"${key}" must be a number above 0 and up to ${high}`);
  };
  const [width, height, fps] = [
    number('width', MAX_PICTURE_SIZE),
    number('height', MAX_PICTURE_SIZE),
    number('fps', 1000),
  ];
  if (!Array.isArray(json.frames) || json.frames.length === 0) throw wrong('needs a list "frames" with a pose or more');
  if (json.frames.length > MAX_FRAMES) throw wrong(`has ${json.frames.length} frames; at most ${MAX_FRAMES} are read`);
  const frames: readonly unknown[] = json.frames;
  const id = skeleton as SkeletonId;
  return { skeleton: id, width, height, fps, frames: frames.map((frame, index) => readPose(frame, index, id, wrong)) };
}

function readPose(value: unknown, frame: number, skeleton: SkeletonId, wrong: (problem: string) => AppError): Pose {
  const { names } = SKELETONS[skeleton];
  const rows: unknown = isRecord(value) ? value.keypoints : undefined;
  if (!isRecord(value) || !Array.isArray(rows) || rows.length !== names.length) {
    const found = Array.isArray(rows) ? `, not ${rows.length}` : '';
    throw wrong(`frame ${frame} needs "keypoints", a list of ${names.length} (x, y, confidence)${found}`);
  }
  const keypoints = new Float32Array(names.length * 3);
  rows.forEach((row: unknown, k) => {
    if (!isKeypoint(row)) {
      throw wrong(`frame ${frame}, ${names[k] ?? k}: needs [x, y, confidence] with a confidence from 0 to 1`);
    }
    keypoints.set(row, k * 3);
  });
  if (value.depths === undefined || value.depths === null) return { keypoints };
  return { keypoints, depths: readDepths(value.depths, frame, names.length, wrong) };
}

function isKeypoint(row: unknown): row is [number, number, number] {
  if (!Array.isArray(row) || row.length !== 3) return false;
  const [x, y, confidence] = row as readonly unknown[];
  return isCoordinate(x) && isCoordinate(y) && typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
}

const isCoordinate = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= MAX_COORDINATE;

function readDepths(value: unknown, frame: number, count: number, wrong: (problem: string) => AppError): Float32Array {
  const known = (depth: unknown): boolean => depth === null || isCoordinate(depth);
  if (!Array.isArray(value) || value.length !== count || !value.every(known)) {
    throw wrong(`"depths" of frame ${frame} must be a list of ${count} numbers, or null where one is unknown`);
  }
  return Float32Array.from(value as readonly (number | null)[], (depth) => depth ?? NaN);
}

/** Writes poses.json: a frame a line, hundredths of a pixel. */
export function writePoses({ skeleton, width, height, fps, frames }: PoseSequence): string {
  const head = JSON.stringify({ format: FORMAT, version: VERSION, skeleton, width, height, fps });
  const lines = frames.map((pose) => JSON.stringify(poseRecord(pose)));
  return `${head.slice(0, -1)},"frames":[\n${lines.join(',\n')}\n]}\n`;
}

function poseRecord({ keypoints, depths }: Pose): object {
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  const rows = Array.from({ length: keypoints.length / 3 }, (_, k) => {
    const [x = 0, y = 0, confidence = 0] = keypoints.subarray(k * 3, k * 3 + 3);
    return confidence > 0 ? [round(x, 2), round(y, 2), round(confidence, 3)] : [0, 0, 0];
  });
  if (!depths) return { keypoints: rows };
  return { keypoints: rows, depths: Array.from(depths, (depth) => (Number.isNaN(depth) ? null : round(depth, 2))) };
}
