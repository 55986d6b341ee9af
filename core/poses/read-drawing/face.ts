import { CANVAS_SHORTER_SIDE, FACE_RADIUS } from '../draw/draw-skeleton.ts';
import { MIN_CONFIDENCE } from '../pose-sequence.ts';
import { BODY, FACE_MIRRORED, FACE_POINTS } from '../skeleton.ts';
import type { Body, Place } from './body.ts';
import { findDots, regionAround, type Dot } from './dots.ts';
import { faceShape, type ShapePoint } from './face-shape.ts';
import { linearFit } from './linear-fit.ts';
import type { RgbPicture } from './picture.ts';

/** Keypoints of a face in the order of iBUG 300-W, [68, 3]; what cannot be told has confidence 0. */
export type FacePoints = Float32Array;

const SHAPE = faceShape(FACE_MIRRORED, FACE_POINTS);
/** A head reaches no farther from the nose than this many distances from nose to neck. */
const REACH = 1.4;
const LEAST_WHITE = 45;
const MOST_DOTS = 110;
/** Fewer dots show no face. */
const LEAST_DOTS = 30;
/** Turns about the vertical that are tried, in degrees. */
const YAWS = [-60, -40, -20, 0, 20, 40, 60];
const ROUNDS = 16;
/** Dots are looked for within this many distances between the eyes, at first and in the end. */
const GATES = [0.7, 0.16] as const;
/** What is known of a point's surroundings moves it: those this near on the face. */
const BEND_WIDTH = 0.4;
const BEND_ROUNDS = 6;
/** A dot is a point's when it lies this much nearer than the next that it could be. */
const CLEARLY = 0.75;
/** A face lies over its dots when the usual one does so, with this score a dot: strong profiles and grimaces do not. */
const LEAST_SCORE = 0.55;

/** Where the shape's points come to lie in the picture. */
type Placed = readonly Place[];

interface Fit {
  /** What x and y are made of: the shape's three coordinates and a shift. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Reads the face of a drawn body: white dots, which all look alike. A usual face, turned and stretched, is laid over them; which dot is
 * which point follows from where they then lie.
 */
export function readFace(picture: RgbPicture, { places }: Body): FacePoints | undefined {
  const [nose, neck] = [places[BODY.nose], places[BODY.neck]];
  if (!nose || !neck) return undefined;
  const radius = (FACE_RADIUS * Math.min(picture.width, picture.height)) / CANVAS_SHORTER_SIDE;
  const region = regionAround(picture, nose[0], nose[1], REACH * Math.hypot(nose[0] - neck[0], nose[1] - neck[1]));
  const dots = findDots(picture, region, radius, (...colour) => Math.min(...colour), LEAST_WHITE, MOST_DOTS);
  if (dots.length < LEAST_DOTS) return undefined;
  const roll = rollOf(places, nose, neck);
  let best: { fit: Fit; score: number } | undefined;
  for (const yaw of YAWS) {
    const fit = settle(startAt(dots, yaw, roll), dots);
    const score = scoreOf(place(fit), dots, eyesApart(fit));
    if (score > (best?.score ?? 0)) best = { fit, score };
  }
  if (!best || best.score < LEAST_SCORE * dots.length) return undefined;
  const gate = GATES[1] * eyesApart(best.fit);
  return pointsOf(clearPairs(bent(place(best.fit), dots, gate), dots, gate));
}

/** The head's tilt in the picture, from its eyes or ears where both are there. */
function rollOf(places: Body['places'], nose: Place, neck: Place): number {
  for (const [right, left] of [
    [places[BODY.right_eye], places[BODY.left_eye]],
    [places[BODY.right_ear], places[BODY.left_ear]],
  ]) {
    if (right && left && left[0] > right[0]) return Math.atan2(left[1] - right[1], left[0] - right[0]);
  }
  return Math.atan2(nose[0] - neck[0], neck[1] - nose[1]) / 2;
}

/** The shape turned, and stretched to fill what the dots fill. */
function startAt(dots: readonly Dot[], yaw: number, roll: number): Fit {
  const [cos, sin] = [Math.cos((yaw * Math.PI) / 180), Math.sin((yaw * Math.PI) / 180)];
  const [upright, across] = [Math.cos(roll), Math.sin(roll)];
  const own = SHAPE.map(([x, y, z]): Place => [x * cos + z * sin, y]);
  const turned = dots.map(({ x, y }): Place => [x * upright + y * across, y * upright - x * across]);
  const stretch = (c: 0 | 1): readonly [number, number] => {
    const [from, to] = [spread(own, c), spread(turned, c)];
    const scale = to.deviation / Math.max(from.deviation, 1e-6);
    return [scale, to.mean - from.mean * scale];
  };
  const [[scaleX, shiftX], [scaleY, shiftY]] = [stretch(0), stretch(1)];
  const alongX = [scaleX * cos, 0, scaleX * sin, shiftX];
  const alongY = [0, scaleY, 0, shiftY];
  return {
    x: alongX.map((value, i) => value * upright - (alongY[i] ?? 0) * across),
    y: alongX.map((value, i) => value * across + (alongY[i] ?? 0) * upright),
  };
}

function spread(points: readonly Place[], c: 0 | 1): { mean: number; deviation: number } {
  const mean = points.reduce((sum, point) => sum + point[c], 0) / points.length;
  const variance = points.reduce((sum, point) => sum + (point[c] - mean) ** 2, 0) / points.length;
  return { mean, deviation: Math.sqrt(variance) };
}

const featuresOf = ([x, y, z]: ShapePoint): number[] => [x, y, z, 1];

const place = (fit: Fit): Placed =>
  SHAPE.map((point): Place => {
    const features = featuresOf(point);
    const sum = (weights: readonly number[]): number =>
      features.reduce((total, value, i) => total + value * (weights[i] ?? 0), 0);
    return [sum(fit.x), sum(fit.y)];
  });

/** Pixels between the eyes if the face looked straight at the viewer: heights shrink less than widths when a head turns. */
const eyesApart = ({ x, y }: Fit): number => Math.hypot(x[1] ?? 0, y[1] ?? 0);

function settle(start: Fit, dots: readonly Dot[]): Fit {
  let fit = start;
  for (let round = 0; round < ROUNDS; round++) {
    const t = round / (ROUNDS - 1);
    const gate = (GATES[0] * (1 - t) + GATES[1] * t) * eyesApart(fit);
    const pairs = mutualPairs(place(fit), dots, gate);
    if (pairs.size < 8) return fit;
    const features = [...pairs.keys()].map((k) => featuresOf(SHAPE[k] ?? [0, 0, 0]));
    const found = [...pairs.values()];
    fit = {
      x: linearFit(
        features,
        found.map((dot) => dot.x),
        fit.x,
        0.5,
      ),
      y: linearFit(
        features,
        found.map((dot) => dot.y),
        fit.y,
        0.5,
      ),
    };
  }
  return fit;
}

/** Points and dots that are each other's nearest. */
function mutualPairs(placed: Placed, dots: readonly Dot[], gate: number): Map<number, Dot> {
  const pairs = new Map<number, Dot>();
  const nearestPoint = dots.map((dot) => nearestTo(dot.x, dot.y, placed));
  placed.forEach(([x, y], k) => {
    const { index, distance } = nearestTo(
      x,
      y,
      dots.map((dot): Place => [dot.x, dot.y]),
    );
    const dot = dots[index];
    if (dot && distance <= gate && nearestPoint[index]?.index === k) pairs.set(k, dot);
  });
  return pairs;
}

function nearestTo(x: number, y: number, places: readonly Place[]): { index: number; distance: number } {
  let [index, distance] = [-1, Infinity];
  places.forEach(([px, py], i) => {
    const away = Math.hypot(px - x, py - y);
    if (away < distance) [index, distance] = [i, away];
  });
  return { index, distance };
}

/** Points that have a dot count, the nearer the more. */
function scoreOf(placed: Placed, dots: readonly Dot[], scale: number): number {
  let score = 0;
  for (const [k, { x, y }] of mutualPairs(placed, dots, GATES[1] * scale)) {
    const [px, py] = placed[k] ?? [0, 0];
    score += Math.exp(-((Math.hypot(px - x, py - y) / (0.08 * scale)) ** 2));
  }
  return score;
}

/** Each point moved as the points around it on the face have to be: faces differ, and mouths open. */
function bent(start: Placed, dots: readonly Dot[], gate: number): Placed {
  let placed = start;
  for (let round = 0; round < BEND_ROUNDS; round++) {
    const pairs = mutualPairs(placed, dots, gate);
    const width = BEND_WIDTH * (1 - (0.6 * round) / BEND_ROUNDS);
    placed = placed.map(([x, y], k): Place => {
      const own = SHAPE[k] ?? [0, 0, 0];
      let [sum, dx, dy] = [0.3, 0, 0];
      for (const [other, dot] of pairs) {
        const [ox, oy] = placed[other] ?? [0, 0];
        const weight = Math.exp(-((apart(own, SHAPE[other] ?? own) / width) ** 2));
        sum += weight;
        dx += weight * (dot.x - ox);
        dy += weight * (dot.y - oy);
      }
      return [x + dx / sum, y + dy / sum];
    });
  }
  return placed;
}

const apart = (a: ShapePoint, b: ShapePoint): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Pairs that are each other's nearest by far. */
function clearPairs(placed: Placed, dots: readonly Dot[], gate: number): Map<number, Dot> {
  const pairs = mutualPairs(placed, dots, gate);
  for (const [k, dot] of [...pairs]) {
    const [x, y] = placed[k] ?? [0, 0];
    const own = Math.hypot(dot.x - x, dot.y - y);
    const others = [
      ...dots.flatMap((other) => (other === dot ? [] : [Math.hypot(other.x - x, other.y - y)])),
      ...placed.flatMap(([px, py], i) => (i === k ? [] : [Math.hypot(dot.x - px, dot.y - py)])),
    ];
    if (own > CLEARLY * Math.min(...others)) pairs.delete(k);
  }
  return pairs;
}

function pointsOf(pairs: ReadonlyMap<number, Dot>): FacePoints {
  const points = new Float32Array(FACE_POINTS * 3);
  for (const [k, { x, y, level }] of pairs) {
    points.set([x, y, Math.min(1, Math.max(MIN_CONFIDENCE + 0.01, level / 255))], k * 3);
  }
  return points;
}
