import type { Clip } from '../../core/clip.ts';
import { allocateGaussians, type Gaussians } from '../../core/gaussians.ts';
import { randomPermutation, randomUniform } from './sampler.ts';
import { viewedCube, type HullPoints } from './visual-hull.ts';
import { SH0 } from '../../core/spherical-harmonics.ts';

/** Standard deviation of a starting Gaussian in parts of the distance to the next. */
const OVERLAP = 0.7;
const RANDOM_LOGIT = Math.log(0.1 / 0.9);
const HULL_STREAM = 101;
const RANDOM_STREAM = 102;

/** Gaussians on the surface of the hull, at most `wanted`, drawn evenly. */
export function gaussiansOnHull(hull: HullPoints, wanted: number, shDegree: number, seed: number): Gaussians {
  const count = Math.min(wanted, hull.count);
  const gaussians = allocateGaussians(count, shDegree);
  const order = randomPermutation(seed, HULL_STREAM, hull.count);
  const logScale = Math.log(hull.spacing * Math.sqrt(hull.count / count) * OVERLAP);
  const perGaussian = gaussians.sh.length / count;
  for (let i = 0; i < count; i++) {
    const point = order[i] ?? 0;
    for (let c = 0; c < 3; c++) {
      gaussians.means[i * 3 + c] = hull.positions[point * 3 + c] ?? 0;
      gaussians.sh[i * perGaussian + c] = ((hull.colours[point * 3 + c] ?? 0) - 0.5) / SH0;
    }
  }
  gaussians.logScales.fill(logScale);
  for (let i = 0; i < count; i++) gaussians.quats[i * 4] = 1;
  return gaussians;
}

/** Grey Gaussians anywhere in the space the cameras see: for clips without a clean background. */
export function randomGaussians(
  clip: Clip,
  views: readonly number[],
  count: number,
  shDegree: number,
  seed: number,
): Gaussians {
  const cameras = views.flatMap((view) => clip.cameras[view] ?? []);
  const { centre, half } = viewedCube(cameras);
  const gaussians = allocateGaussians(count, shDegree);
  for (let k = 0; k < count * 3; k++) {
    gaussians.means[k] = (centre[k % 3] ?? 0) + (randomUniform(seed, RANDOM_STREAM, k) * 2 - 1) * half;
  }
  gaussians.logScales.fill(Math.log((half * 2) / Math.cbrt(count) / 2));
  gaussians.opacityLogits.fill(RANDOM_LOGIT);
  for (let i = 0; i < count; i++) gaussians.quats[i * 4] = 1;
  return gaussians;
}
