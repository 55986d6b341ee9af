import { BODY_LIMBS, type ColourOrder } from '../draw/palette.ts';
import { hueIndex, type Body } from './body.ts';
import { HUE_STEP, hueOf, type RgbPicture } from './picture.ts';

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
/** A disc of the colour of its limb is told from it by being brighter: 1 / 0.6 where all is certain. */
const BRIGHTER = 1.25;
/** A joint cannot be further from the end of its limb than this many half widths of the limb, plus the ellipse's cut angle. */
const REACH_WIDTHS = 2.2;
const REACH_SHARE = 0.02;
const LEAST_REACH = 2.5;

/** Finds joint `joint`'s disc near where the limbs say that it is. */
export function findDisc(
  picture: RgbPicture,
  joint: number,
  body: Body,
  order: ColourOrder,
  halfWidth: number,
): Disc | undefined {
  const place = body.places[joint];
  if (!place) return undefined;
  const hue = hueIndex(joint, order) * HUE_STEP;
  const ownLimb = BODY_LIMBS[joint]?.includes(joint) ? body.limbs[joint] : undefined;
  const floor = ownLimb ? ownLimb.level * BRIGHTER : 40;
  const longest = Math.max(0, ...touching(joint, body));
  const reach = LEAST_REACH + REACH_WIDTHS * halfWidth + REACH_SHARE * longest;
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

const touching = (joint: number, { limbs }: Body): number[] =>
  BODY_LIMBS.flatMap(([from, to], limb) => {
    const segment = limbs[limb];
    if (!segment || (from !== joint && to !== joint)) return [];
    return [Math.hypot(segment.to[0] - segment.from[0], segment.to[1] - segment.from[1])];
  });

function markedPixels(
  { width, height, rgb }: RgbPicture,
  [cx, cy]: readonly [number, number],
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
