import type { Backdrop } from './backdrop.ts';
import { componentsOf, diagonalOf, distanceTo, type Box, type Component, type Mask } from './raster.ts';

/** An area like the background that the outside does not reach: paper inside an outline, or a gap between limbs. */
export interface Pocket {
  readonly area: Component;
  /** Mean difference from the background, OKLab. */
  readonly difference: number;
  /** Radius of the largest disc in it, in pixels. */
  readonly depth: number;
  /** Number of its pixels that touch the outside: the width of its doors. */
  readonly doors: number;
  /** Share of its rim that only a line parts from the outside. */
  readonly thinWalls: number;
}

/** Share of the figure up to which the white of a large-eyed figure's eye may go; gaps beside a raised arm are larger. */
const LARGEST_EYE = 0.008;

/** @param line Up to this thickness in pixels a wall is the line of an outline. */
export function pocketsOf({ like, outside, toInk, difference, ...size }: Backdrop, line: number): Pocket[] {
  const { width, height } = size;
  const enclosed: Mask = like.map((is, index) => (is && !outside[index] ? 1 : 0));
  const toOutside = distanceTo(outside, size);
  return componentsOf(enclosed, size).map((area) => {
    let [sum, depth, doors, rim, thin] = [0, 0, 0, 0, 0];
    for (const index of area.pixels) {
      const away = toInk[index] ?? 0;
      sum += difference[index] ?? 0;
      depth = Math.max(depth, away);
      if ((toOutside[index] ?? 0) <= 1) doors++;
      if (away > 1) continue;
      rim++;
      if ((toOutside[index] ?? 0) <= line) thin++;
    }
    const x = area.left === 0 || area.right === width;
    const edge = x || area.top === 0 || area.bottom === height;
    // At the picture's edge nothing says what lies beyond; an outline that is cut off there has its wall there.
    const thinWalls = edge ? Math.max(thin / Math.max(rim, 1), 0.5) : thin / Math.max(rim, 1);
    return { area, difference: sum / area.area, depth, doors, thinWalls };
  });
}

/** Whether an outline drawn on paper surrounds the pocket: its wall to the outside is a line, not a limb. */
export const isOutlined = ({ thinWalls }: Pocket): boolean => thinWalls > 0.25;

/**
 * Whether a pocket of a solid figure is a gap through which the background shows.
 * @param solid Number of the figure's pixels.
 */
export function isGap(pocket: Pocket, all: readonly Pocket[], figure: Box, solid: number, threshold: number): boolean {
  const { area, difference, depth, doors } = pocket;
  // A chink that is open to the outside and just too narrow for the disc, as between fingers.
  if (doors > 0 && depth <= Math.max(3, 0.006 * diagonalOf(figure))) return true;
  if (isOutlined(pocket)) return false;
  const isLarge = area.area > 0.008 * solid;
  if ((difference > 0.6 * threshold && !isLarge) || area.area < 6) return false;
  const height = figure.bottom - figure.top;
  const [wide, high] = [area.right - area.left, area.bottom - area.top];
  const middle = ((area.top + area.bottom) / 2 - figure.top) / height;
  const centre = (figure.left + figure.right) / 2;
  const isBelt = wide > 3 * high && area.left < centre && area.right > centre;
  const isShirtFront = middle < 0.55 && area.left < centre && area.right > centre && area.area > 0.004 * solid;
  if (isBelt || isShirtFront || isEye(area, all, figure, solid)) return false;
  return area.area > 0.003 * solid || middle > 0.4;
}

/** Whites of eyes come in pairs: of one size, at one height, close together, in the upper half. */
function isEye(area: Component, all: readonly Pocket[], figure: Box, solid: number): boolean {
  const height = figure.bottom - figure.top;
  const middle = (area.top + area.bottom) / 2;
  if (middle - figure.top > 0.5 * height || area.area > LARGEST_EYE * solid) return false;
  return all.some(({ area: other }) => {
    if (other === area || other.area > 2.5 * area.area || area.area > 2.5 * other.area) return false;
    const apart = Math.max(other.left - area.right, area.left - other.right);
    const widest = Math.max(area.right - area.left, other.right - other.left);
    return Math.abs((other.top + other.bottom) / 2 - middle) < 0.03 * height && apart < 2 * widest;
  });
}
