import { quantile } from './background.ts';
import { parted, type Backdrop } from './backdrop.ts';
import { isGap, isOutlined, pocketsOf, type Pocket } from './pockets.ts';
import {
  areaOf,
  boxOf,
  componentsOf,
  diagonalOf,
  dilate,
  distanceTo,
  erode,
  flood,
  invert,
  maskWhere,
  pixelsOf,
  type Box,
  type Mask,
  type Size,
} from './raster.ts';
import { withoutShadow } from './shadow.ts';
import { boxBlur } from './smooth.ts';

/** A figure in front of a plain background, or drawn on it. */
export interface PlainFigure {
  readonly how: 'border' | 'drawing';
  readonly mask: Mask;
}

/** Outlined paper of this share of the ink's area makes a picture a drawing. */
const DRAWING = 0.6;

/** Gaps in an outline up to this share of the figure's diagonal are closed. */
const GAP = 0.011;

/** A wall up to this share of the figure's diagonal is the line of an outline; limbs are thicker. */
const LINE = 0.016;

/** A drawing's lines are no thicker than this share of its diagonal (felt pens of children: 0.025). */
const THICKEST = 0.045;

/** A line stands out by this share of what the strongest do. */
const STROKE = 0.3;

/** Faint crumbs up to twice this thick are no part of a figure, in pixels. */
const FRINGE = 1.5;
/** Above this noise faint edges are ragged. */
const NOISY = 0.0015;

/** Undefined where nothing but background was found. */
export function plainFigure(backdrop: Backdrop): PlainFigure | undefined {
  const box = figureBox(invert(backdrop.like), backdrop);
  if (!box) return undefined;
  const strokes = strokesOf(backdrop, box);
  const line = Math.max(4, LINE * diagonalOf(box));
  const thickness = thicknessOf(invert(strokes.like), backdrop);
  if (thickness < THICKEST * diagonalOf(box)) {
    const pockets = pocketsOf(strokes, Math.max(line, 1.5 * thickness));
    const outlined = pockets.filter(isOutlined).reduce((sum, { area }) => sum + area.area, 0);
    if (outlined > DRAWING * areaOf(invert(strokes.like))) {
      return { how: 'drawing', mask: withFaintEdges(drawn(strokes, pockets), backdrop) };
    }
  }
  const mask = withoutFringe(solid(backdrop, pocketsOf(backdrop, line), box), backdrop);
  return { how: 'border', mask: withoutShadow(mask, backdrop, box) };
}

/** Box of the ink without specks. */
function figureBox(ink: Mask, backdrop: Backdrop): Box | undefined {
  const parts = componentsOf(ink, backdrop);
  const largest = parts[0]?.area ?? 0;
  const whole = new Uint8Array(ink.length);
  for (const { area, pixels } of parts) {
    if (area > 0.05 * largest) for (const index of pixels) whole[index] = 1;
  }
  return boxOf(whole, backdrop);
}

/** The lines of a drawing without the paper's texture, and the outside by a disc too large for gaps between them. */
function strokesOf(backdrop: Backdrop, box: Box): Backdrop {
  const strengths: number[] = [];
  backdrop.difference.forEach((value) => {
    if (value > backdrop.threshold) strengths.push(value);
  });
  const threshold = Math.max(backdrop.threshold, STROKE * quantile(strengths, 0.9));
  return parted(backdrop, threshold, Math.max(1.5, (GAP * diagonalOf(box)) / 2));
}

/** Mean thickness of strokes: a line's pixels are a quarter of its thickness away from its edge on average. */
function thicknessOf(ink: Mask, size: Size): number {
  const depths = distanceTo(invert(ink), size);
  const sum = depths.reduce((total, depth) => total + depth, 0);
  return Math.max((4 * sum) / Math.max(areaOf(ink), 1) - 2, 1);
}

/** Everything the outside does not reach, but for corners between two lines, where the disc does not fit in. */
function drawn({ outside, ...backdrop }: Backdrop, pockets: readonly Pocket[]): Mask {
  const mask = invert(outside);
  for (const { area, doors, depth } of pockets) {
    const isCorner = doors > 0 && area.area < 2 * doors * Math.max(depth, 1.5);
    if (isCorner) for (const index of area.pixels) if (backdrop.like[index]) mask[index] = 0;
  }
  return mask;
}

/** Lines with the soft edge that the threshold of strokes cut off. */
function withFaintEdges(mask: Mask, backdrop: Backdrop): Mask {
  const reach = Math.max(2, 0.004 * Math.hypot(backdrop.width, backdrop.height));
  const near = dilate(mask, backdrop, reach);
  const open = maskWhere(mask.length, (i) => mask[i] === 1 || (near[i] === 1 && backdrop.like[i] === 0));
  return flood(open, pixelsOf(mask), backdrop);
}

/** Without crumbs and spikes of faint pixels, which compression and noise leave beside edges. */
function withoutFringe(mask: Mask, backdrop: Backdrop): Mask {
  const { difference, threshold, background } = backdrop;
  const strong = Math.max(3 * threshold, 0.05);
  const opened = dilate(erode(mask, backdrop, FRINGE), backdrop, FRINGE);
  const near = background.noise > NOISY ? meanOf(mask, backdrop, 2) : undefined;
  return maskWhere(mask.length, (index) => {
    if ((difference[index] ?? 0) > strong) return mask[index] === 1;
    return near ? (near[index] ?? 0) >= 0.5 : opened[index] === 1 && mask[index] === 1;
  });
}

function meanOf(mask: Mask, size: Size, radius: number): Float32Array {
  const values = new Float32Array(mask.length * 3);
  mask.forEach((inside, index) => (values[index * 3] = inside));
  const blurred = boxBlur(values, size, radius);
  return Float32Array.from({ length: mask.length }, (_, index) => blurred[index * 3] ?? 0);
}

function solid({ outside, threshold }: Backdrop, pockets: readonly Pocket[], box: Box): Mask {
  const mask = invert(outside);
  const area = areaOf(mask);
  for (const pocket of pockets) {
    if (isGap(pocket, pockets, box, area, threshold)) for (const index of pocket.area.pixels) mask[index] = 0;
  }
  return mask;
}
