import { AppError } from '../errors.ts';
import { convertPoses } from '../poses/convert.ts';
import type { Pose, PoseSequence } from '../poses/pose-sequence.ts';
import { WHOLEBODY } from '../poses/skeleton.ts';
import { MAX_PICTURE_SIZE } from './cameras.ts';
import { isRecord, type JsonRecord } from './json.ts';
import { frameSizeFor } from './openpose-frame-size.ts';
import { DEFAULT_FPS, type KeypointFileOptions, type NamedJson } from './openpose.ts';

/** Where the parts of COCO-WholeBody stand in an annotation, in the order of the skeleton. */
const PARTS = [
  { key: 'keypoints', first: WHOLEBODY.body, count: WHOLEBODY.feet },
  { key: 'foot_kpts', first: WHOLEBODY.feet, count: WHOLEBODY.face - WHOLEBODY.feet },
  { key: 'face_kpts', first: WHOLEBODY.face, count: WHOLEBODY.leftHand - WHOLEBODY.face },
  { key: 'lefthand_kpts', first: WHOLEBODY.leftHand, count: WHOLEBODY.rightHand - WHOLEBODY.leftHand },
  { key: 'righthand_kpts', first: WHOLEBODY.rightHand, count: WHOLEBODY.count - WHOLEBODY.rightHand },
] as const;

/** A labelled keypoint that is hidden in the picture was placed by guess: used, but less than what was seen. */
const HIDDEN_CONFIDENCE = 0.5;
const MAX_COORDINATE = 1e6;
const MAX_IMAGES = 216_000;

/** Whether parsed JSON is COCO annotations with keypoints, or a list of such results as pose estimators write it. */
export function isCocoKeypoints(json: unknown): boolean {
  const list = isRecord(json) ? json.annotations : json;
  if (!Array.isArray(list)) return false;
  return isRecord(json) || (isRecord(list[0]) && 'keypoints' in list[0] && 'image_id' in list[0]);
}

/**
 * Reads COCO person keypoints, with the feet, face and hands of COCO-WholeBody where they are: one pose an image, in the
 * order of the images' ids, of the largest person with keypoints; a pose without known keypoints where there is none.
 * Visibility 2 becomes confidence 1 and visibility 1 one half, unless the file holds confidences. Pixels stay as they
 * are; the frame is as large as the largest image. `openpose18` where nothing but bodies is labelled.
 */
export function readCocoKeypoints({ json, name }: NamedJson, options: KeypointFileOptions = {}): PoseSequence {
  const wrong = (problem: string): AppError => new AppError('bad-input', `${name}: ${problem}.`);
  const list: unknown = isRecord(json) ? json.annotations : json;
  if (!Array.isArray(list)) throw wrong('holds no COCO keypoints; it needs a list "annotations"');
  const images = imagesOf(json, wrong);
  const people = largestPeople(list, images, wrong);
  if (people.size === 0) throw wrong('holds no images');
  if (people.size > MAX_IMAGES) throw wrong(`has ${people.size} images; at most ${MAX_IMAGES} are read`);
  const ids = [...people.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const scores = [...people.values()].flatMap((person) => person?.points.filter((_, i) => i % 3 === 2) ?? []);
  const confidenceOf = scores.some((value) => value > 1) || !scores.some((value) => value > 0) ? visibility : sureness;
  const frames = ids.map((id) => poseOf(people.get(id), confidenceOf));
  const size = options.size ?? images.size ?? frameSizeFor(frames.flatMap(({ keypoints }) => rows(keypoints)));
  const whole: PoseSequence = { skeleton: 'coco-wholebody133', ...size, fps: options.fps ?? DEFAULT_FPS, frames };
  const isBody = frames.every(({ keypoints }) => keypoints.subarray(WHOLEBODY.feet * 3).every((value) => value === 0));
  return isBody ? convertPoses(whole, 'openpose18') : whole;
}

const visibility = (value: number): number => (value >= 2 ? 1 : value > 0 ? HIDDEN_CONFIDENCE : 0);
const sureness = (value: number): number => Math.min(1, Math.max(0, value));

interface Images {
  readonly ids: readonly string[];
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

function imagesOf(json: unknown, wrong: (problem: string) => AppError): Images {
  const list: readonly unknown[] = isRecord(json) && Array.isArray(json.images) ? json.images : [];
  let [width, height] = [0, 0];
  const ids = list.map((image, index) => {
    if (!isRecord(image) || !isId(image.id)) throw wrong(`image ${index} needs an "id"`);
    for (const side of [image.width, image.height]) {
      if (side === undefined) continue;
      if (typeof side === 'number' && side > 0 && side <= MAX_PICTURE_SIZE) continue;
      throw wrong(`image ${image.id} needs a width and height from 1 to ${MAX_PICTURE_SIZE}`);
    }
    width = Math.max(width, Number(image.width ?? 0));
    height = Math.max(height, Number(image.height ?? 0));
    return String(image.id);
  });
  return { ids, size: width > 0 && height > 0 ? { width, height } : undefined };
}

const isId = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

interface Labelled {
  /** [133, 3], as in the file. */
  readonly points: readonly number[];
  readonly size: number;
}

function largestPeople(
  list: readonly unknown[],
  images: Images,
  wrong: (problem: string) => AppError,
): Map<string, Labelled | undefined> {
  const people = new Map<string, Labelled | undefined>(images.ids.map((id) => [id, undefined]));
  list.forEach((annotation, index) => {
    if (!isRecord(annotation) || !isId(annotation.image_id)) throw wrong(`annotation ${index} needs an "image_id"`);
    const id = String(annotation.image_id);
    if (images.ids.length > 0 && !people.has(id))
      throw wrong(`annotation ${index} is of image ${id}, which is not listed`);
    const person = personOf(annotation, (problem) => wrong(`annotation ${index}: ${problem}`));
    if (person && person.size > (people.get(id)?.size ?? 0)) people.set(id, person);
    else if (!people.has(id)) people.set(id, undefined);
  });
  return people;
}

/** Undefined for crowds and for people without keypoints. */
function personOf(annotation: JsonRecord, wrong: (problem: string) => AppError): Labelled | undefined {
  const points = Array.from({ length: WHOLEBODY.count * 3 }, () => 0);
  if (annotation.iscrowd === 1 || annotation.keypoints === undefined) return undefined;
  for (const { key, first, count } of PARTS) {
    const values = annotation[key];
    if (values === undefined || values === null) continue;
    // Results of whole-body estimators hold all parts in one list.
    const isWhole = key === 'keypoints' && Array.isArray(values) && values.length === WHOLEBODY.count * 3;
    if (!Array.isArray(values) || (values.length !== count * 3 && !isWhole)) {
      throw wrong(`"${key}" needs ${count * 3} numbers`);
    }
    values.forEach((value: unknown, i) => {
      if (typeof value !== 'number' || Math.abs(value) > MAX_COORDINATE)
        throw wrong(`"${key}" has no usable number at place ${i}`);
      points[first * 3 + i] = value;
    });
  }
  const known = rows(points).filter(([, , seen]) => seen > 0);
  if (known.length === 0) return undefined;
  const extent = (axis: 0 | 1): number =>
    Math.max(...known.map((p) => p[axis])) - Math.min(...known.map((p) => p[axis]));
  return { points, size: (extent(0) + 1) * (extent(1) + 1) };
}

const rows = (values: ArrayLike<number>): [number, number, number][] =>
  Array.from({ length: values.length / 3 }, (_, k) => [
    values[k * 3] ?? 0,
    values[k * 3 + 1] ?? 0,
    values[k * 3 + 2] ?? 0,
  ]);

function poseOf(person: Labelled | undefined, confidenceOf: (value: number) => number): Pose {
  const keypoints = new Float32Array(WHOLEBODY.count * 3);
  rows(person?.points ?? []).forEach(([x, y, seen], k) => {
    if (seen > 0) keypoints.set([x, y, confidenceOf(seen)], k * 3);
  });
  return { keypoints };
}
