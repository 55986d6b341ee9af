import { componentsOf, diagonalOf, distanceTo, type Component, type Mask, type Size } from './raster.ts';

/** What belongs to the character, and what the artist should know about it. */
export interface Figure {
  readonly mask: Mask;
  readonly warnings: readonly string[];
  /** Number of pixels of other characters that were left out. */
  readonly others: number;
}

/** Smallest share of the picture, and the smallest number of pixels, that can be a character. */
const LEAST_SHARE = 0.002;
const LEAST_PIXELS = 64;

/**
 * The largest part with what belongs to it: strands and hands that a line's gap parts from it; not specks, lines of a
 * frame, writing, or a second character. Undefined where nothing is large enough.
 */
export function mainFigure(mask: Mask, size: Size): Figure | undefined {
  const parts = componentsOf(mask, size).filter((part) => !isEdgeStrip(part, size));
  const [main] = parts;
  if (!main || main.area < Math.max(LEAST_PIXELS, LEAST_SHARE * mask.length)) return undefined;
  const kept = new Uint8Array(mask.length);
  for (const index of main.pixels) kept[index] = 1;
  const toMain = distanceTo(kept, size);
  const others: Component[] = [];
  for (const part of parts.slice(1)) {
    if (belongs(part, main, toMain)) for (const index of part.pixels) kept[index] = 1;
    else if (part.area > 0.3 * main.area) others.push(part);
  }
  return {
    mask: kept,
    warnings: [...otherWarnings(others), ...edgeWarnings(kept, size)],
    others: others.reduce((sum, { area }) => sum + area, 0),
  };
}

/** The dark rim of a scan. */
function isEdgeStrip({ left, top, right, bottom }: Component, { width, height }: Size): boolean {
  const upright = right - left < 0.04 * width && (left === 0 || right === width) && bottom - top > 0.5 * height;
  const level = bottom - top < 0.04 * height && (top === 0 || bottom === height) && right - left > 0.5 * width;
  return upright || level;
}

function belongs(part: Component, main: Component, toMain: Float32Array): boolean {
  const reach = diagonalOf(main);
  let gap = Infinity;
  for (const index of part.pixels) gap = Math.min(gap, toMain[index] ?? Infinity);
  const isSpeck = part.area < Math.max(4, 0.0003 * main.area);
  if (isSpeck) return gap < 3;
  if (gap <= 0.025 * reach) return true;
  // Hands and feet that float beside a body without limbs; a line of text or a frame is much longer than thick.
  const isCompact = part.area > 0.25 * (part.right - part.left) * (part.bottom - part.top);
  return isCompact && gap <= 0.1 * reach && part.area > 0.012 * main.area && part.area <= 0.3 * main.area;
}

function otherWarnings(others: readonly Component[]): string[] {
  if (others.length === 0) return [];
  return ['The picture seems to show more than one character; the largest was kept.'];
}

/** Sides of the picture at which the figure is cut. */
export function edgeWarnings(mask: Mask, size: Size): string[] {
  const cut = cutSides(mask, size);
  if (cut.length === 0) return [];
  return [`The character seems to be cut off at the ${cut.join(' and the ')} of the picture.`];
}

function cutSides(mask: Mask, { width, height }: Size): string[] {
  const touches = (count: number, at: (i: number) => number): boolean => {
    let touching = 0;
    for (let i = 0; i < count; i++) touching += mask[at(i)] ?? 0;
    return touching > 2;
  };
  const sides: [string, boolean][] = [
    ['top', touches(width, (x) => x)],
    ['bottom', touches(width, (x) => (height - 1) * width + x)],
    ['left', touches(height, (y) => y * width)],
    ['right', touches(height, (y) => y * width + width - 1)],
  ];
  return sides.filter(([, is]) => is).map(([name]) => name);
}
