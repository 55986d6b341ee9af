import { FACE_POINTS, HAND_POINTS, SKELETONS, WHOLEBODY } from '../poses/skeleton.ts';
import { isRecord, type JsonRecord } from './json.ts';

/** Keypoints may lie outside the frame, but not where a number loses its meaning. */
const MAX_COORDINATE = 1e6;
/** Crowds beyond this are background; following all of them would only take time. */
const MAX_PEOPLE = 64;

/** Everything known of one person in one frame, in the units of the file: keypoint names with (x, y, confidence). */
export type Person = ReadonlyMap<string, readonly [x: number, y: number, confidence: number]>;

const BODY_25 = [
  ...SKELETONS.openpose18.names.slice(0, 8),
  'middle_hip',
  ...SKELETONS.openpose18.names.slice(8),
  ...['left_big_toe', 'left_small_toe', 'left_heel', 'right_big_toe', 'right_small_toe', 'right_heel'],
];

const names = SKELETONS['coco-wholebody133'].names;

/** Orders of the body by the number of its keypoints. 17 is COCO's own, which some tools write into this format. */
const BODIES: ReadonlyMap<number, readonly string[]> = new Map([
  [18, SKELETONS.openpose18.names],
  [25, BODY_25],
  [17, names.slice(0, WHOLEBODY.feet)],
]);

/** The parts of a person: keys in use (newer first), and the keypoints' names. */
const PARTS = [
  { keys: ['face_keypoints_2d', 'face_keypoints'], first: WHOLEBODY.face, counts: [FACE_POINTS, 70] },
  { keys: ['hand_left_keypoints_2d', 'hand_left_keypoints'], first: WHOLEBODY.leftHand, counts: [HAND_POINTS] },
  { keys: ['hand_right_keypoints_2d', 'hand_right_keypoints'], first: WHOLEBODY.rightHand, counts: [HAND_POINTS] },
  { keys: ['foot_keypoints_2d'], first: WHOLEBODY.feet, counts: [6] },
] as const;

const BODY_KEYS = ['pose_keypoints_2d', 'pose_keypoints'];

/** Reads the people of a frame; `wrong` makes the error for a problem. */
export function readPeople(frame: JsonRecord, wrong: (problem: string) => Error): Person[] {
  if (!Array.isArray(frame.people)) throw wrong('needs a list "people"');
  const people: readonly unknown[] = frame.people.slice(0, MAX_PEOPLE);
  return people.map((person, index) => {
    if (!isRecord(person)) throw wrong(`person ${index} is no object with "pose_keypoints_2d"`);
    return readPerson(person, (problem) => wrong(`person ${index}: ${problem}`));
  });
}

function readPerson(person: JsonRecord, wrong: (problem: string) => Error): Person {
  const found = new Map<string, readonly [number, number, number]>();
  const body = valuesOf(person, BODY_KEYS, wrong);
  const order = body && BODIES.get(body.values.length / 3);
  if (body && !order) {
    throw wrong(`"${body.key}" has ${body.values.length} numbers; known are 18 and 25 keypoints, three numbers each`);
  }
  if (body && order) store(found, body.values, order);
  for (const { keys, first, counts } of PARTS) {
    const part = valuesOf(person, keys, wrong);
    if (!part) continue;
    if (!counts.some((count) => count * 3 === part.values.length)) {
      throw wrong(`"${part.key}" has ${part.values.length} numbers, not ${counts[0] * 3}`);
    }
    store(found, part.values, names.slice(first, first + counts[0]));
  }
  return found;
}

interface Values {
  readonly key: string;
  readonly values: readonly unknown[];
}

/** The list under the first key that has one; parts that were not looked for are null, absent or empty. */
function valuesOf(person: JsonRecord, keys: readonly string[], wrong: (problem: string) => Error): Values | undefined {
  for (const key of keys) {
    const values = person[key];
    if (values === undefined || values === null || (Array.isArray(values) && values.length === 0)) continue;
    if (!Array.isArray(values)) throw wrong(`"${key}" is no list of numbers`);
    const bad = values.findIndex((value) => !isNumber(value));
    if (bad >= 0) throw wrong(`"${key}" has no usable number at place ${bad}`);
    return { key, values };
  }
  return undefined;
}

/** Editors write null for what is not there. */
const isNumber = (value: unknown): boolean =>
  value === null || (typeof value === 'number' && Math.abs(value) <= MAX_COORDINATE);

/** Notes the keypoints that are known: missing ones have no confidence, or lie at 0, 0. */
function store(
  found: Map<string, readonly [number, number, number]>,
  values: readonly unknown[],
  order: readonly string[],
): void {
  order.forEach((name, k) => {
    const [x, y, confidence] = values.slice(k * 3, k * 3 + 3);
    if (typeof x !== 'number' || typeof y !== 'number' || typeof confidence !== 'number') return;
    if (!(confidence > 0) || (x === 0 && y === 0)) return;
    found.set(name, [x, y, Math.min(1, confidence)]);
  });
}
