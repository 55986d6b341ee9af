import { allocateGaussians, type Gaussians } from '../../core/gaussians.ts';
import type { RasterCamera } from '../../native/addon/index.ts';

const SH0 = 0.28209479177387814;
const FOCAL = 1000;
const DISTANCE = 10;
/** Log standard deviation across the picture plane: flat splats, whose projection is the ellipse that was drawn. */
const FLAT = Math.log(1e-6);
const TILE = 16;
/** What the rasteriser adds to a splat's variance, in square pixels, and the faintest alpha it draws. */
const LOW_PASS = 0.3;
const MIN_ALPHA = 1 / 255;

/** A body-shaped cloud of random splats before a camera. */
export interface SplatScene {
  readonly gaussians: Gaussians;
  readonly camera: RasterCamera;
  /** Splats times the 16x16 tiles that their boxes reach: the work of the rasteriser, however it is written. */
  readonly pairs: number;
}

/** Numerical Recipes' generator: yardstick.cpp draws the same numbers in the same order. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The scene of yardstick.cpp as 3D Gaussians: an ellipsoid's surface, splats of 0.3 to 2 pixels at 256x256. */
export function splatScene(side: number, count: number, seed = 1): SplatScene {
  const random = numbers(seed);
  const gaussians = allocateGaussians(count, 0);
  const { means, logScales, quats, opacityLogits, sh } = gaussians;
  const tiles = Math.ceil(side / TILE);
  let pairs = 0;
  for (let i = 0; i < count; i++) {
    const longitude = random() * 6.283;
    const latitude = Math.acos(2 * random() - 1);
    const x = side / 2 + side * 0.18 * Math.sin(latitude) * Math.cos(longitude);
    const y = side / 2 + side * 0.42 * Math.cos(latitude);
    const long = (side / 256) * (0.8 + 1.2 * random());
    const short = long * (0.4 + random() * 0.6);
    const angle = random() * 3.14;
    const opacity = 0.3 + 0.6 * random();
    const z = DISTANCE + Math.sin(latitude) * Math.sin(longitude);
    means.set([((x - side / 2) * z) / FOCAL, ((y - side / 2) * z) / FOCAL, z], i * 3);
    logScales.set([Math.log((long * z) / FOCAL), Math.log((short * z) / FOCAL), FLAT], i * 3);
    quats.set([Math.cos(angle / 2), 0, 0, Math.sin(angle / 2)], i * 4);
    opacityLogits[i] = Math.log(opacity / (1 - opacity));
    for (let c = 0; c < 3; c++) sh[i * 3 + c] = (random() - 0.5) / SH0;

    const reach = 2 * Math.log(opacity / MIN_ALPHA);
    const [c2, s2] = [Math.cos(angle) ** 2, Math.sin(angle) ** 2];
    const extentX = Math.sqrt(reach * (c2 * long ** 2 + s2 * short ** 2 + LOW_PASS));
    const extentY = Math.sqrt(reach * (s2 * long ** 2 + c2 * short ** 2 + LOW_PASS));
    pairs += tileSpan(x, extentX, tiles) * tileSpan(y, extentY, tiles);
  }
  const view = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  const camera = { view, fx: FOCAL, fy: FOCAL, cx: side / 2, cy: side / 2, width: side, height: side };
  return { gaussians, camera, pairs };
}

function tileSpan(centre: number, extent: number, tiles: number): number {
  const first = Math.max(0, Math.floor((centre - extent) / TILE));
  const last = Math.min(tiles - 1, Math.floor((centre + extent) / TILE));
  return Math.max(0, last - first + 1);
}
