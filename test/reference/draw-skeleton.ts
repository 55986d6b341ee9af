// The method's drawing with OpenCV itself, on the whole canvas: what the sparse one must equal.
import { createRequire } from 'node:module';
import { canvasSize, type Size } from '../../core/poses/draw/draw-skeleton.ts';
import { BODY_COLOURS, BODY_LIMBS } from '../../core/poses/draw/palette.ts';
import { HAND_LIMBS } from '../../core/poses/skeleton.ts';

/** x and y on the canvas and a score, one a point. */
export type ScoredPoints = readonly (readonly [x: number, y: number, score: number])[];

export interface DrawnPerson {
  /** 18 body points. */
  readonly body: ScoredPoints;
  readonly hands: readonly ScoredPoints[];
  readonly face: ScoredPoints;
}

interface Point {
  x: number;
  y: number;
}

interface Mat {
  readonly data: Uint8Array;
  delete(): void;
}

interface PointVector {
  size(): number;
  get(index: number): Point;
  delete(): void;
}

/** The few functions of OpenCV that are used; its own types need a browser's. */
export interface OpenCv {
  onRuntimeInitialized?: () => void;
  readonly Mat: { new (): Mat; new (rows: number, columns: number, type: number, fill: number[]): Mat };
  readonly PointVector: new () => PointVector;
  readonly CV_8UC3: number;
  readonly CV_32SC2: number;
  readonly LINE_8: number;
  readonly INTER_LINEAR: number;
  ellipse2Poly(
    centre: Point,
    axes: { width: number; height: number },
    angle: number,
    from: number,
    to: number,
    delta: number,
    points: PointVector,
  ): void;
  matFromArray(rows: number, columns: number, type: number, numbers: readonly number[]): Mat;
  fillConvexPoly(canvas: Mat, points: Mat, colour: number[]): void;
  circle(canvas: Mat, centre: Point, radius: number, colour: number[], thickness: number): void;
  line(canvas: Mat, from: Point, to: Point, colour: number[], thickness: number): void;
  resize(source: Mat, target: Mat, size: Size, fx: number, fy: number, interpolation: number): void;
}

/** OpenCV, once its WebAssembly runs. In a box, because its module looks like a promise and cannot be returned bare. */
export async function loadOpenCv(): Promise<{ cv: OpenCv }> {
  const cv = createRequire(import.meta.url)('@techstark/opencv-js') as OpenCv & { readonly calledRun?: boolean };
  if (!cv.calledRun) {
    await new Promise<void>((resolve) => {
      cv.onRuntimeInitialized = resolve;
    });
  }
  return { cv };
}

export function referenceDrawing(cv: OpenCv, people: readonly DrawnPerson[], size: Size): Uint8Array {
  const { width, height } = canvasSize(size);
  const canvas = new cv.Mat(height, width, cv.CV_8UC3, [0, 0, 0, 0]);
  BODY_LIMBS.forEach(([from, to], limb) => {
    for (const { body } of people) drawLimb(cv, canvas, body[from], body[to], BODY_COLOURS[limb] ?? [0, 0, 0]);
  });
  // Once, because every access makes a new view of the memory.
  const pixels = canvas.data;
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.trunc((pixels[i] ?? 0) * 0.6);
  BODY_COLOURS.forEach((colour, joint) => {
    for (const { body } of people) {
      const [x, y, score] = body[joint] ?? [0, 0, 0];
      if (score > 0.3)
        disc(
          cv,
          canvas,
          x,
          y,
          4,
          colour.map((c) => Math.trunc(c * score)),
        );
    }
  });
  for (const { hands } of people) for (const hand of hands) drawHand(cv, canvas, hand);
  for (const { face } of people) {
    for (const [x, y, score] of face) {
      if (x >= 1 && y >= 1) disc(cv, canvas, x, y, 3, new Array<number>(3).fill(Math.trunc(score * 255)));
    }
  }
  const resized = new cv.Mat();
  cv.resize(canvas, resized, size, 0, 0, cv.INTER_LINEAR);
  const bgr = resized.data;
  const rgb = bgr.map((_, i) => bgr[i - (i % 3) + 2 - (i % 3)] ?? 0);
  canvas.delete();
  resized.delete();
  return rgb;
}

type Scored = ScoredPoints[number] | undefined;

function drawLimb(cv: OpenCv, canvas: Mat, a: Scored, b: Scored, colour: readonly number[]): void {
  if (!a || !b || a[2] < 0.3 || b[2] < 0.3) return;
  const length = ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5;
  const angle = Math.trunc((Math.atan2(a[1] - b[1], a[0] - b[0]) * 180) / Math.PI);
  const middle = { x: Math.trunc((a[0] + b[0]) / 2), y: Math.trunc((a[1] + b[1]) / 2) };
  const points = new cv.PointVector();
  cv.ellipse2Poly(middle, { width: Math.trunc(length / 2), height: 4 }, angle, 0, 360, 1, points);
  const flat = Array.from({ length: points.size() }, (_, i) => points.get(i)).flatMap(({ x, y }) => [x, y]);
  const polygon = cv.matFromArray(flat.length / 2, 1, cv.CV_32SC2, flat);
  const brightness = Math.fround(a[2] * b[2]);
  cv.fillConvexPoly(canvas, polygon, [...colour.map((c) => Math.trunc(c * brightness)), 0]);
  points.delete();
  polygon.delete();
}

function disc(cv: OpenCv, canvas: Mat, x: number, y: number, radius: number, colour: number[]): void {
  cv.circle(canvas, { x: Math.trunc(x), y: Math.trunc(y) }, radius, [...colour, 0], -1);
}

function drawHand(cv: OpenCv, canvas: Mat, hand: ScoredPoints): void {
  HAND_LIMBS.forEach(([from, to], bone) => {
    const [a, b] = [hand[from], hand[to]];
    if (!a || !b || Math.min(a[0], a[1], b[0], b[1]) < 1) return;
    const score = Math.trunc(Math.fround(a[2] * b[2]) * 255);
    const [start, end] = [a, b].map(([x, y]) => ({ x: Math.trunc(x), y: Math.trunc(y) }));
    if (start && end) cv.line(canvas, start, end, [...hue(bone / 20).map((c) => c * score), 0], 2);
  });
  for (const [x, y, score] of hand) if (x >= 1 && y >= 1) disc(cv, canvas, x, y, 4, [0, 0, Math.trunc(score * 255)]);
}

/** The saturated colour of a hue in 0..1, channels in 0..1, with the roundings of matplotlib's hsv_to_rgb. */
function hue(h: number): number[] {
  const sector = Math.floor(h * 6);
  const [q, t] = [1 - (h * 6 - sector), 1 - (1 - (h * 6 - sector))];
  return (
    [
      [1, t, 0],
      [q, 1, 0],
      [0, 1, t],
      [0, q, 1],
      [t, 0, 1],
      [1, 0, q],
    ][sector] ?? []
  );
}
