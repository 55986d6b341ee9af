import { allocateGaussians, type Gaussians } from '../../../core/gaussians.ts';
import { between, type Quaternion } from '../../../core/quaternion.ts';
import { mix, type Vector } from '../../../core/vector.ts';
import type { Figure } from './figure.ts';
import { centreOf } from './grid.ts';
import type { Paint } from './paint.ts';
import type { Sheets } from './sheets.ts';
import { SH0 } from '../../../core/spherical-harmonics.ts';

/** The skin of the body as Gaussians, and the node of the sheets that each belongs to. */
export interface Surface {
  readonly gaussians: Gaussians;
  readonly nodes: Int32Array;
  /** Pairs of Gaussians that are next to each other on the surface, [E, 2]. */
  readonly links: Int32Array;
}

/** Standard deviations along and across the surface, in pixels: neighbours a pixel apart close it. */
const SPREAD = 0.62;
const FLATNESS = 0.25;
const OPACITY_LOGIT = Math.log(0.96 / 0.04);
/** Walls are laid in steps of this many pixels. */
const WALL_STEP = 1.1;
/** Facing the viewer less than the first (cosine), the surface begins to show the side's colour; at the second only that. */
const SIDE_BEGINS = 0.62;
const SIDE_ONLY = 0.28;

interface Sample {
  readonly node: number;
  readonly depth: number;
  readonly normal: Vector;
  readonly colour: Vector;
}

/**
 * Covers front, back and sides of the inflated sheets with small flat Gaussians, about one a pixel of surface, so that
 * there is neither hole nor edge from whichever side one looks.
 */
export function coverSurface(
  figure: Figure,
  sheets: Sheets,
  { thickness, middle }: { readonly thickness: Float32Array; readonly middle: Float32Array },
  paint: Paint,
): Surface {
  const samples: Sample[] = [];
  const tops = { [-1]: new Int32Array(sheets.count), [1]: new Int32Array(sheets.count) };
  for (let node = 0; node < sheets.count; node++) {
    const slope = slopeAt(sheets, thickness, middle, node);
    for (const facing of [-1, 1] as const) {
      const [h, m] = [thickness[node] ?? 0, middle[node] ?? 0];
      const [colours, side] = facing < 0 ? [paint.front, paint.frontSide] : [paint.back, paint.backSide];
      const normal: Vector = [-slope.h[0] - facing * slope.m[0], -slope.h[1] - facing * slope.m[1], facing];
      const cosine = 1 / Math.hypot(...normal);
      const show = smoothstep(SIDE_ONLY, SIDE_BEGINS, cosine);
      tops[facing][node] = samples.length;
      samples.push({ node, depth: m + facing * h, normal, colour: mixed(side, colours, node, show) });
      // Where a neighbour's surface lies more than a step lower, a wall closes the gap; at the rim it meets that of the other half.
      const drop = dropAt(sheets, thickness, middle, node, facing);
      for (let down = WALL_STEP; down < drop + WALL_STEP / 2; down += WALL_STEP) {
        const own = mixed(side, colours, node, down < 2 * WALL_STEP ? show : 0);
        const other = mixed(facing < 0 ? paint.backSide : paint.frontSide, colours, node, 0);
        // Half way to the other half the two have become one colour.
        const share = Math.min(1, 0.5 + (h - down) / Math.max(h, WALL_STEP) / 2);
        samples.push({ node, depth: m + facing * (h - down), normal, colour: mix(other, own, share) });
      }
    }
  }
  return {
    gaussians: toGaussians(figure, sheets, samples),
    nodes: Int32Array.from(samples, ({ node }) => node),
    links: Int32Array.from([tops[-1], tops[1]].flatMap((top) => linksOf(sheets, top))),
  };
}

/** Each edge of the sheets once, between the Gaussians on top of its nodes. */
function linksOf({ count, graph }: Sheets, top: Int32Array): number[] {
  const links: number[] = [];
  for (let node = 0; node < count; node++) {
    for (let k = node * 4; k < node * 4 + 4; k++) {
      const other = graph.neighbours[k] ?? -1;
      if (other > node) links.push(top[node] ?? 0, top[other] ?? 0);
    }
  }
  return links;
}

const smoothstep = (low: number, high: number, value: number): number => {
  const t = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
};

function mixed(a: Float32Array, b: Float32Array, node: number, t: number): Vector {
  const at = (c: number): number => (a[node * 3 + c] ?? 0) * (1 - t) + (b[node * 3 + c] ?? 0) * t;
  return [at(0), at(1), at(2)];
}

interface Slope {
  /** Change of thickness and of middle along x and y. */
  readonly h: readonly [number, number];
  readonly m: readonly [number, number];
}

function slopeAt({ graph }: Sheets, thickness: Float32Array, middle: Float32Array, node: number): Slope {
  const [h, m] = [thickness[node] ?? 0, middle[node] ?? 0];
  const along = (step: number, values: Float32Array, own: number, outside: number): number => {
    const at = (slot: number): number => {
      const j = graph.neighbours[node * 4 + slot] ?? -1;
      return j >= 0 ? (values[j] ?? 0) : outside;
    };
    // The root is steep at the rim; its square is not.
    const [after, before] = [at(step), at(step + 1)];
    return outside === 0 ? (after * after - before * before) / (4 * Math.max(own, 0.3)) : (after - before) / 2;
  };
  return {
    h: [along(0, thickness, h, 0), along(2, thickness, h, 0)],
    m: [along(0, middle, m, m), along(2, middle, m, m)],
  };
}

/** How much lower the lowest neighbouring surface lies, in pixels; the rim lies in the middle of the sheet. */
function dropAt(
  { graph }: Sheets,
  thickness: Float32Array,
  middle: Float32Array,
  node: number,
  facing: number,
): number {
  const own = facing * (middle[node] ?? 0) + (thickness[node] ?? 0);
  let lowest = own;
  for (let k = node * 4; k < node * 4 + 4; k++) {
    const j = graph.neighbours[k] ?? -1;
    const level = j >= 0 ? facing * (middle[j] ?? 0) + (thickness[j] ?? 0) : facing * (middle[node] ?? 0);
    lowest = Math.min(lowest, level);
  }
  // A surface that lies behind the sheet's own middle belongs to something else.
  return Math.min(own - lowest, thickness[node] ?? 0);
}

function toGaussians(figure: Figure, { pixels }: Sheets, samples: readonly Sample[]): Gaussians {
  const { pixel, width, toWorld } = figure;
  const gaussians = allocateGaussians(samples.length, 0);
  gaussians.opacityLogits.fill(OPACITY_LOGIT);
  const along = Math.log(SPREAD * pixel);
  const across = Math.log(FLATNESS * pixel);
  for (const [i, { node, depth, normal, colour }] of samples.entries()) {
    gaussians.means.set(toWorld(centreOf(pixels[node] ?? 0, width), depth), i * 3);
    gaussians.logScales.set([along, along, across], i * 3);
    gaussians.quats.set(facingAlong([normal[0], normal[2], -normal[1]]), i * 4);
    gaussians.sh.set(
      colour.map((value) => (value - 0.5) / SH0),
      i * 3,
    );
  }
  return gaussians;
}

/** Turns the flat side, which lies across z, to face along a direction. */
const facingAlong = (normal: Vector): Quaternion => between([0, 0, 1], normal);
