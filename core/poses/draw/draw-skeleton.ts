import { AppError } from '../../errors.ts';
import { MIN_CONFIDENCE, type Pose } from '../pose-sequence.ts';
import { BODY, FACE_POINTS, HAND_LIMBS, HAND_POINTS, SKELETONS, WHOLEBODY, type SkeletonId } from '../skeleton.ts';
import { BicubicCanvas } from './bicubic-canvas.ts';
import type { Canvas } from './canvas.ts';
import { ellipsePolygon } from './ellipse.ts';
import { BODY_COLOURS, BODY_LIMBS, HAND_COLOURS, LIMB_BRIGHTNESS, type Colour } from './palette.ts';
import { SparseCanvas } from './sparse-canvas.ts';
import { fillDisc, fillPolygon, fillThickLine, roundHalfEven, type PaintSpan } from './spans.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The canvas of the method: its shorter side in pixels, and what is drawn on it. */
export const CANVAS_SHORTER_SIDE = 2160;
export const LIMB_HALF_WIDTH = 4;
export const JOINT_RADIUS = 4;
export const FACE_RADIUS = 3;

const CANVASES = { bilinear: SparseCanvas, bicubic: BicubicCanvas } as const;

/**
 * How the canvas becomes the picture. `bicubic` is Pillow's filter, which averages over all that a pixel covers: of the
 * filters measured it comes nearest to the limbs of the published driving poses. `bilinear` is OpenCV's, which reads two
 * of about four rows and columns and breaks thin lines up: the released code does that to the reference pose.
 */
export type Scaling = keyof typeof CANVASES;

export interface DrawSkeletonOptions {
  /** Bicubic where nothing is said: most drawings stand for driving poses. A network's reference pose needs bilinear. */
  readonly scaling?: Scaling;
}

/** Longest side of a picture that is drawn. */
const MAX_SIZE = 8192;

/** A keypoint on the canvas, not yet rounded. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly confidence: number;
}

/**
 * Draws skeletons on black as the method draws its conditioning pictures: on a canvas whose shorter side is 2160, with
 * OpenCV's rules for which pixels a shape covers, scaled down (see `Scaling`), red and blue swapped at the end. Keypoints
 * of `coco-wholebody133` give body, hands and face, those of `openpose18` the body.
 *
 * What the method leaves open: keypoints with confidence 0 have no place and are not drawn (the method would draw a hand's
 * as black dots), and a pixel's centre is at 0.5, so that the picture lies exactly over the frame.
 * @param poses One a person. Everybody's limbs lie under everybody's joints, hands and faces.
 * @param frame Size in pixels of what the keypoints were found in; it is stretched to `size`.
 * @returns RGB, height x width x 3.
 * Throws an `AppError` when a known keypoint is no number.
 */
export function drawSkeleton(
  poses: readonly Pose[],
  skeleton: SkeletonId,
  frame: Size,
  size: Size,
  { scaling = 'bicubic' }: DrawSkeletonOptions = {},
): Uint8Array {
  checkSize(frame, 'frame');
  checkSize(size, 'picture');
  const canvas = new CANVASES[scaling](canvasSize(size), size);
  const people = poses.map((pose, person) => pointsOf(pose, person, skeleton, frame, canvas));
  const bodies = people.map((points) => bodyOf(points, skeleton));
  drawLimbs(canvas, bodies);
  drawJoints(canvas, bodies);
  if (skeleton === 'coco-wholebody133') {
    for (const points of people) for (const hand of handsOf(points)) drawHand(canvas, hand);
    for (const points of people) drawFace(canvas, points.slice(WHOLEBODY.face, WHOLEBODY.face + FACE_POINTS));
  }
  return swapRedAndBlue(canvas.resize());
}

/** Size of the canvas that a picture is drawn on before it is scaled. */
export function canvasSize({ width, height }: Size): Size {
  const scale = CANVAS_SHORTER_SIDE / Math.min(width, height);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}

function checkSize({ width, height }: Size, what: string): void {
  const isGood = (side: number): boolean => side > 0 && side <= MAX_SIZE;
  if (isGood(width) && isGood(height) && (what === 'frame' || (Number.isInteger(width) && Number.isInteger(height))))
    return;
  throw new AppError(
    'bad-input',
    `A skeleton's ${what} cannot be ${width}x${height}; use 1 to ${MAX_SIZE} pixels a side.`,
  );
}

function pointsOf({ keypoints }: Pose, person: number, skeleton: SkeletonId, frame: Size, canvas: Size): Point[] {
  const { names } = SKELETONS[skeleton];
  if (keypoints.length !== names.length * 3) {
    const found = `${keypoints.length / 3} keypoints`;
    throw new AppError('bad-input', `Person ${person} has ${found}; a ${skeleton} skeleton has ${names.length}.`);
  }
  return names.map((name, k) => {
    const [x = NaN, y = NaN, confidence = NaN] = keypoints.subarray(k * 3, k * 3 + 3);
    if (confidence === 0) return { x: 0, y: 0, confidence };
    if (!Number.isFinite(x) || !Number.isFinite(y) || !(confidence > 0 && confidence <= 1)) {
      throw new AppError(
        'bad-input',
        `Keypoint ${name} of person ${person} is no place with a confidence from 0 to 1.`,
      );
    }
    return { x: (x / frame.width) * canvas.width, y: (y / frame.height) * canvas.height, confidence };
  });
}

/** The 18 body points. The neck of a skeleton that has none is the middle of the shoulders, and certain or not there. */
function bodyOf(points: readonly Point[], skeleton: SkeletonId): Point[] {
  if (skeleton === 'openpose18') return [...points];
  const unknown: Point = { x: 0, y: 0, confidence: 0 };
  const [from, to] = [SKELETONS[skeleton].names, SKELETONS.openpose18.names];
  const body = to.map((name) => points[from.indexOf(name)] ?? unknown);
  const [right = unknown, left = unknown] = [body[BODY.right_shoulder], body[BODY.left_shoulder]];
  if (isDrawn(right) && isDrawn(left)) {
    body[BODY.neck] = { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2, confidence: 1 };
  }
  return body;
}

const isDrawn = ({ confidence }: Point): boolean => confidence > MIN_CONFIDENCE;

const dim = (colour: Colour, by: number): Colour => [
  Math.trunc(colour[0] * by),
  Math.trunc(colour[1] * by),
  Math.trunc(colour[2] * by),
];

const painter =
  (canvas: Canvas, colour: Colour): PaintSpan =>
  (row, first, last) => {
    canvas.paint(row, first, last, colour);
  };

function drawLimbs(canvas: Canvas, bodies: readonly (readonly Point[])[]): void {
  BODY_LIMBS.forEach(([from, to], limb) => {
    for (const body of bodies) {
      const [a, b] = [body[from], body[to]];
      if (!a || !b || !isDrawn(a) || !isDrawn(b)) continue;
      const bright = dim(BODY_COLOURS[limb] ?? [0, 0, 0], Math.fround(a.confidence * b.confidence));
      fillPolygon(limbPolygon(a, b), canvas, painter(canvas, dim(bright, LIMB_BRIGHTNESS)));
    }
  });
}

/** The ellipse of a limb. Its angle is cut to whole degrees and its half length to whole pixels, as the method has it. */
function limbPolygon(a: Point, b: Point): readonly number[] {
  const [x, y] = [Math.trunc((a.x + b.x) / 2), Math.trunc((a.y + b.y) / 2)];
  const halfLength = Math.trunc(Math.hypot(a.x - b.x, a.y - b.y) / 2);
  const angle = Math.trunc((Math.atan2(a.y - b.y, a.x - b.x) * 180) / Math.PI);
  return ellipsePolygon(x, y, halfLength, LIMB_HALF_WIDTH, angle);
}

function drawJoints(canvas: Canvas, bodies: readonly (readonly Point[])[]): void {
  BODY_COLOURS.forEach((colour, joint) => {
    for (const body of bodies) {
      const point = body[joint];
      if (point && isDrawn(point)) drawDot(canvas, point, JOINT_RADIUS, dim(colour, point.confidence));
    }
  });
}

function drawDot(canvas: Canvas, { x, y }: Point, radius: number, colour: Colour): void {
  fillDisc(Math.trunc(x), Math.trunc(y), radius, canvas, painter(canvas, colour));
}

const handsOf = (points: readonly Point[]): Point[][] =>
  [WHOLEBODY.leftHand, WHOLEBODY.rightHand].map((first) => points.slice(first, first + HAND_POINTS));

/** Hand and face points are drawn however unsure they are, but not in the first row and column or before them. */
const isOnCanvas = ({ x, y, confidence }: Point): boolean => confidence > 0 && x >= 1 && y >= 1;

const grey = (confidence: number): number => Math.trunc(confidence * 255);

function drawHand(canvas: Canvas, hand: readonly Point[]): void {
  HAND_LIMBS.forEach(([from, to], bone) => {
    const [a, b] = [hand[from], hand[to]];
    if (!a || !b || !isOnCanvas(a) || !isOnCanvas(b)) return;
    const level = grey(Math.fround(a.confidence * b.confidence));
    const [red, green, blue] = HAND_COLOURS[bone] ?? [0, 0, 0];
    const colour: Colour = [roundHalfEven(red * level), roundHalfEven(green * level), roundHalfEven(blue * level)];
    const [x0, y0, x1, y1] = [Math.trunc(a.x), Math.trunc(a.y), Math.trunc(b.x), Math.trunc(b.y)];
    fillThickLine(x0, y0, x1, y1, canvas, painter(canvas, colour));
  });
  for (const point of hand) {
    if (isOnCanvas(point)) drawDot(canvas, point, JOINT_RADIUS, [0, 0, grey(point.confidence)]);
  }
}

function drawFace(canvas: Canvas, face: readonly Point[]): void {
  for (const point of face) {
    const level = grey(point.confidence);
    if (isOnCanvas(point)) drawDot(canvas, point, FACE_RADIUS, [level, level, level]);
  }
}

function swapRedAndBlue(rgb: Uint8Array): Uint8Array {
  for (let i = 0; i < rgb.length; i += 3) {
    const red = rgb[i] ?? 0;
    rgb[i] = rgb[i + 2] ?? 0;
    rgb[i + 2] = red;
  }
  return rgb;
}
