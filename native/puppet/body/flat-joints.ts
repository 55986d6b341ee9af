import { MIN_CONFIDENCE, type Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133, WHOLEBODY } from '../../../core/poses/skeleton.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { SIDES, type PerJoint, type Side } from '../rig/joints.ts';
import { apart, between, pixelAt, type Point } from './grid.ts';

/** The ellipse that eyes, nose and mouth lie in: what must not appear on the back of the head. */
export interface FaceShape {
  readonly centre: Point;
  /** Half axes along x and y. */
  readonly radius: readonly [number, number];
}

export interface FlatJoints {
  readonly joints: PerJoint<Point>;
  readonly face: FaceShape;
}

/** Where the spine bends, in parts of the way from the hips to the neck. */
const SPINE = 0.45;
/** Lengths of what the pose may not know, in parts of the bone before it. */
const HAND = 0.45;
const FOOT = 0.28;
/** Last joint of the middle finger within a hand. */
const MIDDLE_FINGER_TIP = 12;
/** From the neck to the crown, in parts of the way from the neck to the middle of the face. */
const CROWN = 2.2;

/** The joints of a puppet in the picture's plane, from a pose of `coco-wholebody133` whose body joints are all known. */
export function flatJoints(pose: Pose, picture: RgbaPicture): FlatJoints {
  const known = (index: number): Point | undefined => {
    const [x = 0, y = 0, confidence = 0] = pose.keypoints.subarray(index * 3, index * 3 + 3);
    return confidence >= MIN_CONFIDENCE ? [x, y] : undefined;
  };
  const named = (name: string): Point | undefined => known(COCO_WHOLEBODY133.names.indexOf(name));
  const joint = (name: string): Point => {
    const index = COCO_WHOLEBODY133.names.indexOf(name);
    return [pose.keypoints[index * 3] ?? 0, pose.keypoints[index * 3 + 1] ?? 0];
  };
  const hips = between(joint('right_hip'), joint('left_hip'), 0.5);
  const neck = between(joint('right_shoulder'), joint('left_shoulder'), 0.5);
  const face = faceMiddle(named, hips, neck);
  const crown = lastInside(neck, between(neck, face, CROWN), picture, between(neck, face, 1.3));
  const limb = (side: Side) => {
    const [elbow, wrist] = [joint(`${side}_elbow`), joint(`${side}_wrist`)];
    const [knee, ankle] = [joint(`${side}_knee`), joint(`${side}_ankle`)];
    const hand = known((side === 'left' ? WHOLEBODY.leftHand : WHOLEBODY.rightHand) + MIDDLE_FINGER_TIP);
    const reach = lastInside(wrist, between(elbow, wrist, 1 + HAND), picture, between(elbow, wrist, 1.1));
    const fingers = lastOfHand(wrist, reach, picture);
    const toes = lastInside(ankle, between(knee, ankle, 1 + FOOT), picture, between(knee, ankle, 1.05));
    return {
      [`${side}_shoulder`]: joint(`${side}_shoulder`),
      [`${side}_elbow`]: elbow,
      [`${side}_wrist`]: wrist,
      // A hand farther off than an arm is long is one that was found elsewhere.
      [`${side}_fingers`]: hand && apart(hand, wrist) < apart(elbow, wrist) ? hand : fingers,
      [`${side}_hip`]: joint(`${side}_hip`),
      [`${side}_knee`]: knee,
      [`${side}_ankle`]: ankle,
      [`${side}_toes`]: named(`${side}_big_toe`) ?? toes,
    };
  };
  const [right = {}, left = {}] = SIDES.map(limb);
  const joints = { hips, spine: between(hips, neck, SPINE), neck, crown, ...right, ...left } as PerJoint<Point>;
  return { joints, face: faceShape(named, neck, crown) };
}

const FACE_NAMES = ['nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear'];

/** The middle of what is known of the face; a guess straight up the spine without it. */
function faceMiddle(named: (name: string) => Point | undefined, hips: Point, neck: Point): Point {
  const points = FACE_NAMES.flatMap((name) => {
    const point = named(name);
    return point ? [point] : [];
  });
  if (points.length === 0) return between(hips, neck, 1.35);
  const mean = (c: 0 | 1): number => points.reduce((sum, point) => sum + point[c], 0) / points.length;
  return [mean(0), mean(1)];
}

/** Fingers end where the colour has changed by this much (0..1 a channel) for a tenth of the way: there the hip begins. */
const OTHER_COLOUR = 0.22;

/** The last point on the way from a wrist to `to` that has the hand's colour. */
function lastOfHand(wrist: Point, to: Point, { width, height, rgba }: RgbaPicture): Point {
  const colourAt = (t: number): number[] => {
    const p = pixelAt(between(wrist, to, t), width, height);
    return [0, 1, 2].map((c) => (rgba[p * 4 + c] ?? 0) / 255);
  };
  const hand = colourAt(0.25);
  const differs = (t: number): boolean =>
    Math.hypot(...colourAt(t).map((value, c) => value - (hand[c] ?? 0))) > OTHER_COLOUR;
  for (let t = 0.3; t < 0.9; t += 0.05) {
    if (differs(t) && differs(t + 0.05) && differs(t + 0.1)) return between(wrist, to, t);
  }
  return to;
}

/** The last point of the character on the way to `to`; `fallback` where the way leaves it at once. */
function lastInside(from: Point, to: Point, { width, height, rgba }: RgbaPicture, fallback: Point): Point {
  const steps = Math.max(8, Math.ceil(apart(from, to)));
  for (let step = steps; step > 0; step--) {
    const point = between(from, to, step / steps);
    const within = point[0] >= 0 && point[1] >= 0 && point[0] < width && point[1] < height;
    if (within && (rgba[pixelAt(point, width, height) * 4 + 3] ?? 0) >= 128) {
      return step / steps > 0.3 ? point : fallback;
    }
  }
  return fallback;
}

function faceShape(named: (name: string) => Point | undefined, neck: Point, crown: Point): FaceShape {
  const head = apart(neck, crown);
  const [rightEye, leftEye, nose] = [named('right_eye'), named('left_eye'), named('nose')];
  if (!rightEye || !leftEye || !nose) {
    return { centre: between(neck, crown, 0.45), radius: [head * 0.28, head * 0.3] };
  }
  // The mouth lies about as far below the nose as the eyes lie above it.
  const eyes = between(rightEye, leftEye, 0.5);
  const apartEyes = Math.max(apart(rightEye, leftEye), head * 0.1);
  const down = Math.max(apart(eyes, nose), head * 0.06);
  return { centre: between(eyes, nose, 0.8), radius: [apartEyes * 1.15, Math.max(down * 2.6, apartEyes * 0.95)] };
}
