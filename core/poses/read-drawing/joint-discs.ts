import { BODY_LIMBS, type ColourOrder } from '../draw/palette.ts';
import { hueIndex, type Body, type Place } from './body.ts';
import { drawnAround, HUE_STEP, hueOf, type RgbPicture } from './picture.ts';
import type { Segment } from './segments.ts';

/** The disc that marks a joint, where it can be seen. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  /** Brightness of its middle, 0..255. */
  readonly level: number;
}

/** Discs mix with what lies under their border; this far their hue may be from their own, in degrees. */
const MOST_HUE_ERROR = 12;
const MOST_GREY = 0.4;
/**
 * A joint is at least as sure as its limb, whose brightness is the product of two: by 1 / 0.6. Averaged over a few pixels a disc
 * loses more than the limb does, which bicubic scaling brightens by 1.06.
 */
const BRIGHTER = 1.15;
const LEAST_LEVEL = 60;
/** Where the end of a limb is hidden, its joint is looked for this share of the limb's length further out. */
const HIDDEN_SHARE = 0.5;
/** A joint cannot be further from the end of its limb than this many half widths of the limb, plus the ellipse's cut angle. */
const REACH_WIDTHS = 2.2;
const REACH_SHARE = 0.02;
const LEAST_REACH = 2.5;

/** Finds joint `joint`'s disc near where the limbs say that it is, or further out where their end is hidden. */
export function findDisc(
  picture: RgbPicture,
  joint: number,
  body: Body,
  order: ColourOrder,
  halfWidth: number,
): Disc | undefined {
  const place = body.places[joint];
  const limbs = BODY_LIMBS.flatMap((limb, i) => (limb.includes(joint) ? (body.limbs[i] ?? []) : []));
  const [only] = limbs;
  if (!place || !only) return undefined;
  const hue = hueIndex(joint, order) * HUE_STEP;
  const floor = Math.max(LEAST_LEVEL, BRIGHTER * Math.max(...limbs.map(({ level }) => level)));
  const reach = LEAST_REACH + REACH_WIDTHS * halfWidth + REACH_SHARE * Math.max(...limbs.map(lengthOf));
  const disc = discAt(picture, place, reach, hue, floor, halfWidth);
  if (disc ?? limbs.length > 1) return disc;
  return hiddenDisc(picture, place, only, reach, (at) => discAt(picture, at, reach, hue, floor, halfWidth));
}

const lengthOf = ({ from, to }: Segment): number => Math.hypot(to[0] - from[0], to[1] - from[1]);

/** Follows a limb beyond its end, under what lies over it. */
function hiddenDisc(
  picture: RgbPicture,
  [x, y]: Place,
  limb: Segment,
  step: number,
  look: (at: Place) => Disc | undefined,
): Disc | undefined {
  const isDrawn = drawnAround(picture);
  const isFrom = Math.hypot(limb.from[0] - x, limb.from[1] - y) < Math.hypot(limb.to[0] - x, limb.to[1] - y);
  const [[nearX, nearY], [farX, farY]] = isFrom ? [limb.to, limb.from] : [limb.from, limb.to];
  const length = lengthOf(limb);
  const [dx, dy] = [(farX - nearX) / length, (farY - nearY) / length];
  for (let out = 1; out <= HIDDEN_SHARE * length; out++) {
    const at: Place = [x + dx * out, y + dy * out];
    if (!isDrawn(...at)) return undefined;
    const disc = out % Math.ceil(step / 2) === 0 ? look(at) : undefined;
    if (disc) return disc;
  }
  return undefined;
}

function discAt(
  picture: RgbPicture,
  place: Place,
  reach: number,
  hue: number,
  floor: number,
  halfWidth: number,
): Disc | undefined {
  const marked = markedPixels(picture, place, reach, hue, floor);
  if (marked.length === 0) return undefined;
  const brightest = marked.reduce((best, pixel) => (pixel.level > best.level ? pixel : best));
  // What is not around the brightest pixel is another joint or a hand bone of this hue.
  const radius = 2 * halfWidth + 1;
  const disc = marked.filter(({ x, y }) => Math.hypot(x - brightest.x, y - brightest.y) <= radius);
  const sum = disc.reduce((total, { level }) => total + level, 0);
  return {
    x: disc.reduce((total, { x, level }) => total + x * level, 0) / sum,
    y: disc.reduce((total, { y, level }) => total + y * level, 0) / sum,
    level: brightest.level,
  };
}

function markedPixels(
  { width, height, rgb }: RgbPicture,
  [cx, cy]: Place,
  reach: number,
  hue: number,
  floor: number,
): Disc[] {
  const marked: Disc[] = [];
  for (let row = Math.max(0, Math.floor(cy - reach)); row <= Math.min(height - 1, Math.floor(cy + reach)); row++) {
    for (
      let column = Math.max(0, Math.floor(cx - reach));
      column <= Math.min(width - 1, Math.floor(cx + reach));
      column++
    ) {
      const i = (row * width + column) * 3;
      const [red = 0, green = 0, blue = 0] = rgb.subarray(i, i + 3);
      const level = Math.max(red, green, blue);
      if (level < floor || Math.min(red, green, blue) > level * MOST_GREY) continue;
      const error = Math.abs(((hueOf(red, green, blue) - hue + 540) % 360) - 180);
      if (error > MOST_HUE_ERROR) continue;
      const [x, y] = [column + 0.5, row + 0.5];
      if (Math.hypot(x - cx, y - cy) <= reach) marked.push({ x, y, level });
    }
  }
  return marked;
}
