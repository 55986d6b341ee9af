import { JOINT_RADIUS, CANVAS_SHORTER_SIDE } from '../draw/draw-skeleton.ts';
import type { ColourOrder } from '../draw/palette.ts';
import { MIN_CONFIDENCE } from '../pose-sequence.ts';
import { BODY, HAND_LIMBS, HAND_POINTS } from '../skeleton.ts';
import type { Body, Place } from './body.ts';
import { findDots, regionAround, type Dot, type Region } from './dots.ts';
import { hueOf, type RgbPicture } from './picture.ts';

/** Keypoints of a hand in the order of COCO-WholeBody, [21, 3]; what cannot be told has confidence 0. */
export type HandPoints = Float32Array;

export interface Hands {
  readonly left?: HandPoints;
  readonly right?: HandPoints;
}

/** A hand reaches no farther from the wrist than this part of the forearm, or of the trunk where the arm points at the viewer. */
const HAND_OF_FOREARM = 0.95;
const HAND_OF_TRUNK = 0.36;
const LEAST_REACH = 10;
/** Its own wrist is within this part of that of the body's. */
const WRIST_OFF = 0.35;
/** A first bone is no longer than this part of the reach, the others are shorter. */
const LONGEST_BONES = [0.85, 0.5] as const;
const SHORTEST_BONE = 1.2;
/** Redder than this is a joint, 0..255; so many of them are looked at. */
const LEAST_RED = 40;
const MOST_DOTS = 60;
/** Twenty hues on a circle, 18 degrees apart. */
const HUE_ERROR = 9.5;
const LEAST_BONE_LEVEL = 14;
const MOST_GREY = 0.5;
/** A bone shows its colour along this share of what no joint covers. */
const LEAST_SHOWN = 0.6;
/** A bone is worth how much of it shows, less this. */
const DOUBT = 0.35;
/** Fewer joints are chance. */
const LEAST_JOINTS = 8;
/** Where bones are usually shorter than this, in pixels, their colours run into one another. */
const LEAST_USUAL_BONE = 3;

interface FoundHand {
  readonly dots: readonly (Dot | undefined)[];
  readonly score: number;
}

/** A chain of dots from the wrist along one finger. */
interface Chain {
  readonly dots: readonly Dot[];
  readonly score: number;
}

/**
 * Reads the hands of a drawn body: joints are dots of one colour, and each bone between two of them has a hue of its own. Each
 * finger is the chain of dots from the wrist along which the bones' colours show best.
 */
export function readHands(picture: RgbPicture, { places }: Body, order: ColourOrder): Hands {
  const radius = (JOINT_RADIUS * Math.min(picture.width, picture.height)) / CANVAS_SHORTER_SIDE;
  const trunk = trunkOf(places);
  const read = (elbow: number, wrist: number): FoundHand | undefined => {
    const [from, at] = [places[elbow], places[wrist]];
    if (!at) return undefined;
    const forearm = from ? Math.hypot(at[0] - from[0], at[1] - from[1]) : 0;
    const reach = Math.max(LEAST_REACH, HAND_OF_FOREARM * forearm, HAND_OF_TRUNK * trunk);
    return readHand(picture, at, reach, radius, order);
  };
  const right = read(BODY.right_elbow, BODY.right_wrist);
  const left = read(BODY.left_elbow, BODY.left_wrist);
  const isOne = left && right && overlap(left, right);
  return {
    ...(right && !(isOne && left.score > right.score) ? { right: pointsOf(right) } : {}),
    ...(left && !(isOne && right.score >= left.score) ? { left: pointsOf(left) } : {}),
  };
}

/** Both hands have the same colours: where one's dots are the other's too, one of the readings is wrong. */
function overlap(a: FoundHand, b: FoundHand): boolean {
  const same = a.dots.filter((dot) => dot && b.dots.some((other) => other && near(dot, other))).length;
  return same >= 4;
}

const near = (a: Dot, b: Dot): boolean => Math.hypot(a.x - b.x, a.y - b.y) < 0.5;

function trunkOf(places: Body['places']): number {
  const neck = places[BODY.neck];
  const hips = [places[BODY.right_hip], places[BODY.left_hip]].flatMap((hip) => (hip ? [hip] : []));
  if (!neck) return 0;
  return Math.max(0, ...hips.map(([x, y]) => Math.hypot(x - neck[0], y - neck[1])));
}

function readHand(
  picture: RgbPicture,
  [x, y]: Place,
  reach: number,
  radius: number,
  order: ColourOrder,
): FoundHand | undefined {
  // The method's joints are blue; with red and blue swapped they are red.
  const redness = (red: number, green: number, blue: number): number =>
    order === 'swapped' ? red - Math.max(green, blue) : blue - Math.max(red, green);
  const region = regionAround(picture, x, y, reach * (1 + WRIST_OFF));
  const dots = findDots(picture, region, radius, redness, LEAST_RED, MOST_DOTS);
  const shown = bonesShown(new HueMap(picture, region), dots, reach, radius, order);
  const off = (dot: Dot): number => Math.hypot(dot.x - x, dot.y - y) / reach;
  let best: FoundHand | undefined;
  for (const wrist of dots.filter((dot) => off(dot) < WRIST_OFF)) {
    const found: (Dot | undefined)[] = new Array<Dot | undefined>(HAND_POINTS).fill(undefined);
    found[0] = wrist;
    let score = -off(wrist);
    for (let finger = 0; finger < 5; finger++) {
      const chain = bestChain(dots, dots.indexOf(wrist), finger, shown);
      score += chain.score;
      chain.dots.forEach((dot, k) => (found[finger * 4 + 1 + k] = dot));
    }
    const certain = withoutDoubles(found);
    const isRead = certain.filter(Boolean).length >= LEAST_JOINTS && usualBone(certain) >= LEAST_USUAL_BONE;
    if (isRead && score > (best?.score ?? 0)) best = { dots: certain, score };
  }
  return best;
}

/** A dot that two fingers claim is neither's for certain. */
const withoutDoubles = (dots: readonly (Dot | undefined)[]): (Dot | undefined)[] =>
  dots.map((dot) => (dot && dots.filter((other) => other === dot).length === 1 ? dot : undefined));

/** The median length of the bones whose ends are known; 0 without any. */
function usualBone(dots: readonly (Dot | undefined)[]): number {
  const lengths = HAND_LIMBS.flatMap(([from, to]) => {
    const [a, b] = [dots[from], dots[to]];
    return a && b ? [Math.hypot(a.x - b.x, a.y - b.y)] : [];
  }).sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

/** How well bone `bone` shows between two dots, 0..1; 0 where it cannot be. */
type BonesShown = (bone: number, from: number, to: number) => number;

function bonesShown(hues: HueMap, dots: readonly Dot[], reach: number, radius: number, order: ColourOrder): BonesShown {
  return (bone, from, to) => {
    const [a, b] = [dots[from], dots[to]];
    if (!a || !b || from === to) return 0;
    const length = Math.hypot(a.x - b.x, a.y - b.y);
    const [longestFirst, longest] = LONGEST_BONES;
    if (length < SHORTEST_BONE || length > reach * (bone % 4 === 0 ? longestFirst : longest)) return 0;
    const hue = (order === 'swapped' ? 240 - 18 * bone + 360 : 18 * bone) % 360;
    const covered = Math.min(radius + 0.8, length * 0.35);
    const steps = Math.floor((length - 2 * covered) / Math.max(0.7, radius * 0.4)) + 1;
    let missed = 0;
    for (let step = 0; step < steps; step++) {
      const t = (covered + (step + 0.5) * ((length - 2 * covered) / steps)) / length;
      if (!hues.shows(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, hue)) missed++;
      if (missed > (1 - LEAST_SHOWN) * steps) return 0;
    }
    return 1 - missed / steps;
  };
}

/** The hues around a hand, worked out once. */
class HueMap {
  readonly #region: Region;
  readonly #columns: number;
  /** Degrees; NaN where nothing coloured is drawn. */
  readonly #hues: Float32Array;

  constructor({ width, rgb }: RgbPicture, region: Region) {
    this.#region = region;
    this.#columns = Math.max(0, region.right - region.left + 1);
    const rows = Math.max(0, region.bottom - region.top + 1);
    this.#hues = new Float32Array(this.#columns * rows).fill(NaN);
    for (let at = 0; at < this.#hues.length; at++) {
      const i = ((region.top + Math.floor(at / this.#columns)) * width + region.left + (at % this.#columns)) * 3;
      const [red, green, blue] = [rgb[i] ?? 0, rgb[i + 1] ?? 0, rgb[i + 2] ?? 0];
      const level = Math.max(red, green, blue);
      const isColoured = level >= LEAST_BONE_LEVEL && Math.min(red, green, blue) <= MOST_GREY * level;
      if (isColoured) this.#hues[at] = hueOf(red, green, blue);
    }
  }

  /** Whether a pixel at a place, or beside it, has a hue. */
  shows(x: number, y: number, hue: number): boolean {
    const { left, top, right, bottom } = this.#region;
    const [column, row] = [Math.round(x - 0.5), Math.round(y - 0.5)];
    for (let cy = Math.max(top, row - 1); cy <= Math.min(bottom, row + 1); cy++) {
      for (let cx = Math.max(left, column - 1); cx <= Math.min(right, column + 1); cx++) {
        if ((cx + 0.5 - x) ** 2 + (cy + 0.5 - y) ** 2 > 1) continue;
        const found = this.#hues[(cy - top) * this.#columns + cx - left] ?? NaN;
        if (Math.abs(((found - hue + 540) % 360) - 180) <= HUE_ERROR) return true;
      }
    }
    return false;
  }
}

/** The chain of up to four dots along a finger whose bones show best. */
function bestChain(dots: readonly Dot[], wrist: number, finger: number, shown: BonesShown): Chain {
  let ends = new Map<number, { score: number; way: readonly number[] }>([[wrist, { score: 0, way: [] }]]);
  let best: { score: number; way: readonly number[] } = { score: 0, way: [] };
  for (let joint = 0; joint < 4; joint++) {
    const next: typeof ends = new Map();
    for (const [from, { score, way }] of ends) {
      for (const to of dots.keys()) {
        if (to === wrist || way.includes(to)) continue;
        const share = shown(finger * 4 + joint, from, to);
        if (share < LEAST_SHOWN) continue;
        const total = score + share - DOUBT;
        if (total > (next.get(to)?.score ?? 0)) next.set(to, { score: total, way: [...way, to] });
      }
    }
    for (const end of next.values()) if (end.score > best.score) best = end;
    ends = next;
  }
  return { score: best.score, dots: best.way.flatMap((i) => dots[i] ?? []) };
}

function pointsOf({ dots }: FoundHand): HandPoints {
  const points = new Float32Array(HAND_POINTS * 3);
  dots.forEach((dot, k) => {
    if (dot) points.set([dot.x, dot.y, Math.min(1, Math.max(MIN_CONFIDENCE + 0.01, dot.level / 255))], k * 3);
  });
  return points;
}
