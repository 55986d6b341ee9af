import { AppError } from '../errors.ts';
import { convertPoses } from '../poses/convert.ts';
import type { Pose, PoseSequence } from '../poses/pose-sequence.ts';
import { FACE_POINTS, HAND_POINTS, SKELETONS, WHOLEBODY, type SkeletonId } from '../poses/skeleton.ts';
import { MAX_PICTURE_SIZE } from './cameras.ts';
import { isRecord, type JsonRecord } from './json.ts';
import { frameSizeFor } from './openpose-frame-size.ts';
import { followPerson } from './openpose-follow.ts';
import { readPeople, type Person } from './openpose-people.ts';

/** One JSON value and the name of what it came from. */
export interface NamedJson {
  readonly json: unknown;
  readonly name: string;
}

export interface KeypointFileOptions {
  /** Poses a second; the format does not say. */
  readonly fps?: number;
  /** Size of the frame in pixels, where the file does not say; without it the usual video size that holds all keypoints. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** What most videos have. */
export const DEFAULT_FPS = 30;
const MAX_FRAMES = 216_000;
/** Coordinates of whole files that stay below this are parts of the canvas, not pixels. */
const MAX_NORMALISED = 2;

/** Whether parsed JSON is OpenPose keypoints: one frame or a list of them. */
export function isOpenPose(json: unknown): boolean {
  const frame: unknown = Array.isArray(json) ? json[0] : json;
  return isRecord(frame) && Array.isArray(frame.people);
}

/**
 * Reads OpenPose keypoints: one frame a file, lists of frames, or both. BODY_25 and COCO's 18 points, hands, face and
 * feet; pixels, or parts of a stated canvas. Of several people one is followed, the most prominent. The result is
 * `openpose18` where nothing but a body is known, else `coco-wholebody133`.
 */
export function readOpenPose(files: readonly NamedJson[], options: KeypointFileOptions = {}): PoseSequence {
  const frames = files.flatMap(({ json, name }) => framesOf(json, name));
  if (frames.length === 0) throw new AppError('bad-input', `${files[0]?.name ?? 'The input'} holds no frames.`);
  if (frames.length > MAX_FRAMES) {
    throw new AppError(
      'bad-input',
      `${files[0]?.name ?? ''}: ${frames.length} frames; at most ${MAX_FRAMES} are read.`,
    );
  }
  const canvas = frames.map(({ canvas }) => canvas).find((size) => size !== undefined);
  const people = inPixels(frames, canvas ?? options.size);
  const followed = followPerson(people);
  const size = canvas ?? options.size ?? frameSizeFor(people.flat().flatMap((person) => [...person.values()]));
  return sequenceOf(followed, size, options.fps ?? DEFAULT_FPS);
}

interface Frame {
  readonly name: string;
  readonly people: readonly Person[];
  readonly canvas: { readonly width: number; readonly height: number } | undefined;
}

function framesOf(json: unknown, name: string): Frame[] {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  return list.map((frame, index) => {
    const where = Array.isArray(json) ? `${name}, frame ${index}` : name;
    const wrong = (problem: string): AppError => new AppError('bad-input', `${where}: ${problem}.`);
    if (!isRecord(frame)) throw wrong('is no OpenPose frame; it needs a list "people"');
    return { name: where, people: readPeople(frame, wrong), canvas: canvasOf(frame, wrong) };
  });
}

function canvasOf(frame: JsonRecord, wrong: (problem: string) => AppError): Frame['canvas'] {
  const { canvas_width: width, canvas_height: height } = frame;
  if (width === undefined && height === undefined) return undefined;
  const isSize = (value: unknown): value is number =>
    typeof value === 'number' && value > 0 && value <= MAX_PICTURE_SIZE;
  if (!isSize(width) || !isSize(height)) {
    throw wrong(`"canvas_width" and "canvas_height" must be pixels from 1 to ${MAX_PICTURE_SIZE}`);
  }
  return { width, height };
}

/** The people with pixels for coordinates. Files in parts of the canvas need to say how large that is. */
function inPixels(frames: readonly Frame[], size: Frame['canvas']): Person[][] {
  const isNormalised = frames.every(({ people }) => people.every(isSmall));
  const isEmpty = frames.every(({ people }) => people.every((person) => person.size === 0));
  if (!isNormalised || isEmpty) return frames.map(({ people }) => [...people]);
  if (!size) {
    const message = `${frames[0]?.name ?? ''} has coordinates from 0 to 1; add "canvas_width" and "canvas_height" to it.`;
    throw new AppError('bad-input', message);
  }
  return frames.map(({ people, canvas }) => people.map((person) => scaled(person, canvas ?? size)));
}

const isSmall = (person: Person): boolean =>
  [...person.values()].every(([x, y]) => Math.abs(x) <= MAX_NORMALISED && Math.abs(y) <= MAX_NORMALISED);

function scaled(person: Person, { width, height }: NonNullable<Frame['canvas']>): Person {
  const points = [...person].map(([name, [x, y, confidence]]) => [name, [x * width, y * height, confidence]] as const);
  // A detector marks what it misses by -1, which an editor's division by the canvas hides.
  return new Map(points.filter(([, [x, y]]) => !isMinusOne(x) && !isMinusOne(y)));
}

const isMinusOne = (value: number): boolean => Math.abs(value + 1) < 1e-3;

const BODY_NAMES: ReadonlySet<string> = new Set(SKELETONS.openpose18.names);

/** People as poses: `openpose18` where that holds all that is known. */
function sequenceOf(
  people: readonly (Person | undefined)[],
  size: { readonly width: number; readonly height: number },
  fps: number,
): PoseSequence {
  const isBody = people.every((person) => [...(person?.keys() ?? [])].every((name) => isOfBody(name)));
  const skeleton: SkeletonId = isBody ? 'openpose18' : 'coco-wholebody133';
  const index = new Map(SKELETONS[skeleton].names.map((name, k) => [name, k]));
  const frames = people.map((person): Pose => {
    const keypoints = new Float32Array(index.size * 3);
    for (const [name, place] of person ?? []) {
      const k = index.get(name); // the middle of the hips is in neither skeleton
      if (k !== undefined) keypoints.set(place, k * 3);
    }
    return { keypoints };
  });
  return { skeleton, ...size, fps, frames };
}

const isOfBody = (name: string): boolean => BODY_NAMES.has(name) || name === 'middle_hip';

/**
 * One pose as an OpenPose 1.3 file: 18 body points, and the hands and face where they are known. Pixels; the size of the
 * frame is added the way that editors read it.
 */
export function writeOpenPose(pose: Pose, { skeleton, width, height }: Omit<PoseSequence, 'frames' | 'fps'>): string {
  const one = { skeleton, width, height, fps: 1, frames: [pose] };
  const body = convertPoses(one, 'openpose18').frames[0]?.keypoints ?? new Float32Array();
  const whole = convertPoses(one, 'coco-wholebody133').frames[0]?.keypoints ?? new Float32Array();
  const part = (first: number, count: number): number[] => {
    const points = whole.subarray(first * 3, (first + count) * 3);
    return points.some((value, i) => i % 3 === 2 && value > 0) ? rounded(points) : [];
  };
  const person = {
    person_id: [-1],
    pose_keypoints_2d: rounded(body),
    face_keypoints_2d: part(WHOLEBODY.face, FACE_POINTS),
    hand_left_keypoints_2d: part(WHOLEBODY.leftHand, HAND_POINTS),
    hand_right_keypoints_2d: part(WHOLEBODY.rightHand, HAND_POINTS),
  };
  const people = body.some((value, i) => i % 3 === 2 && value > 0) ? [person] : [];
  return `${JSON.stringify({ version: 1.3, people, canvas_width: width, canvas_height: height })}\n`;
}

function rounded(keypoints: Float32Array): number[] {
  return Array.from(keypoints, (value, i) => {
    const isKnown = (keypoints[i - (i % 3) + 2] ?? 0) > 0;
    return isKnown ? Number(value.toFixed(i % 3 === 2 ? 4 : 3)) : 0;
  });
}
