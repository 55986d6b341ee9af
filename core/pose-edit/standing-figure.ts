import { SKELETONS, WHOLEBODY, type SkeletonId } from '../poses/skeleton.ts';
import { middleOf, pointCount, type Points, setPlace } from './points.ts';

// A person of 100 x 100 seen from the front with the arms somewhat away from the body: x to the character's own left.
const HALVES: readonly (readonly [part: string, aside: number, down: number])[] = [
  ['eye', 1.7, 8.6],
  ['ear', 3.6, 9.6],
  ['shoulder', 9, 21],
  ['elbow', 13.5, 35],
  ['wrist', 17, 48],
  ['hip', 5.5, 50],
  ['knee', 6, 72],
  ['ankle', 6.2, 93],
  ['heel', 6, 95],
  ['big_toe', 7, 97.5],
  ['small_toe', 9, 97],
  ['hand_wrist', 17, 48],
];
const MIDDLE: readonly (readonly [name: string, aside: number, down: number])[] = [
  ['nose', 0, 10.5],
  ['neck', 0, 21],
];
/** Where the fingers point in the figure, fanned from the thumb outwards, and how far apart their joints are. */
const FINGERS = ['thumb', 'index', 'middle', 'ring', 'pinky'] as const;
const FINGER_STEP = 1.5;

/** A confidence that says: placed, not seen. */
export const PLACED_CONFIDENCE = 1;

/**
 * A figure that stands in the middle of a frame, facing us: where placing joints by hand begins.
 * Feet are on it where the skeleton has them; face and hands are laid out small and plain.
 */
export function standingFigure(
  skeleton: SkeletonId,
  frame: { readonly width: number; readonly height: number },
): Points {
  const points = new Array<number>(pointCount(skeleton) * 3).fill(0);
  const { names } = SKELETONS[skeleton];
  const scale = Math.min(frame.height, frame.width * 1.6) / 112;
  const top = (frame.height - 100 * scale) / 2;
  const put = (name: string, aside: number, down: number): void => {
    const joint = names.indexOf(name);
    if (joint >= 0) putPoint(joint, aside, down);
  };
  const putPoint = (joint: number, aside: number, down: number): void => {
    setPlace(points, joint, { x: frame.width / 2 + aside * scale, y: top + down * scale });
    points[joint * 3 + 2] = PLACED_CONFIDENCE;
  };
  for (const [name, aside, down] of MIDDLE) put(name, aside, down);
  for (const [part, aside, down] of HALVES) {
    put(`left_${part}`, aside, down);
    put(`right_${part}`, -aside, down);
  }
  if (skeleton === 'coco-wholebody133') {
    FINGERS.forEach((finger, index) => {
      for (let joint = 1; joint <= 4; joint++) {
        const angle = (20 - 30 + 18 * index) * (Math.PI / 180);
        const [aside, down] = [
          17 - Math.sin(0.5 - angle) * joint * FINGER_STEP,
          48.5 + Math.cos(0.5 - angle) * joint * FINGER_STEP,
        ];
        put(`left_${finger}_${joint}`, aside, down);
        put(`right_${finger}_${joint}`, -aside, down);
      }
    });
    faceFigure().forEach(([aside, down], i) => {
      putPoint(WHOLEBODY.face + i, aside, down);
    });
  }
  return points;
}

/** The 68 face points around a nose at (0, 10.5), in the order of the iBUG 300-W set. */
function faceFigure(): [number, number][] {
  // The order begins at the character's right, which is on the left of the picture.
  const arc = (
    count: number,
    from: number,
    to: number,
    x: number,
    y: number,
    rx: number,
    ry: number,
  ): [number, number][] =>
    Array.from({ length: count }, (_, i) => {
      const angle = from + ((to - from) * i) / (count - 1 || 1);
      return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
    });
  const line = (count: number, x: number, y: number, dx: number, dy: number): [number, number][] =>
    Array.from({ length: count }, (_, i) => [x + dx * i, y + dy * i]);
  const ring = (count: number, x: number, y: number, rx: number, ry: number): [number, number][] =>
    arc(count, -Math.PI, Math.PI - (2 * Math.PI) / count, x, y, rx, ry);
  return [
    ...arc(17, Math.PI, 0, 0, 9.5, 3.4, 6),
    ...arc(5, -Math.PI * 0.85, -Math.PI * 0.15, -1.7, 7.9, 1.2, 0.8),
    ...arc(5, -Math.PI * 0.85, -Math.PI * 0.15, 1.7, 7.9, 1.2, 0.8),
    ...line(4, 0, 8.7, 0, 0.6),
    ...line(5, -0.8, 11, 0.4, 0),
    ...ring(6, -1.7, 8.7, 0.75, 0.35),
    ...ring(6, 1.7, 8.7, 0.75, 0.35),
    ...ring(12, 0, 12.9, 1.4, 0.6),
    ...ring(8, 0, 12.9, 1, 0.25),
  ];
}

/**
 * The pose with joints that are unknown put back: as `seen` has them where it knows them, else where the standing figure,
 * laid over the known joints of the pose, has them.
 */
export function restoreJoints(
  points: Points,
  skeleton: SkeletonId,
  joints: Iterable<number>,
  seen: readonly Points[],
  frame: { readonly width: number; readonly height: number },
): Points {
  const result = [...points];
  const figure = standingFigure(skeleton, frame);
  for (const joint of joints) {
    if ((points[joint * 3 + 2] ?? 0) > 0) continue;
    const known = seen.find((other) => (other[joint * 3 + 2] ?? 0) > 0);
    const from = known ?? laidOver(figure, points);
    for (const i of [joint * 3, joint * 3 + 1, joint * 3 + 2]) result[i] = from[i] ?? 0;
  }
  return result;
}

/** The figure moved and scaled so that it lies over those of its joints that the pose knows. */
function laidOver(figure: Points, points: Points): Points {
  const known = Array.from({ length: figure.length / 3 }, (_, joint) => joint).filter(
    (joint) => (points[joint * 3 + 2] ?? 0) > 0 && (figure[joint * 3 + 2] ?? 0) > 0,
  );
  const [to, from] = [middleOf(points, known), middleOf(figure, known)];
  if (!to || !from) return figure;
  const spread = (of: Points, about: { x: number; y: number }): number =>
    Math.sqrt(
      known.reduce((sum, k) => sum + ((of[k * 3] ?? 0) - about.x) ** 2 + ((of[k * 3 + 1] ?? 0) - about.y) ** 2, 0),
    );
  const scale = known.length > 1 && spread(figure, from) > 1 ? spread(points, to) / spread(figure, from) : 1;
  const result = [...figure];
  for (let joint = 0; joint < figure.length / 3; joint++) {
    setPlace(result, joint, {
      x: to.x + ((figure[joint * 3] ?? 0) - from.x) * scale,
      y: to.y + ((figure[joint * 3 + 1] ?? 0) - from.y) * scale,
    });
  }
  return result;
}
