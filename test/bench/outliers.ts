import type { Gaussians } from '../../core/gaussians.ts';
import { mean, median } from './statistics.ts';

/** What counts as an outlier. Opacity 0.1 as a logit. */
const MIN_LOGIT = Math.log(0.1 / 0.9);
const NEIGHBOURS = 20;
const FAR = 5;

/**
 * Number of stray Gaussians: those of opacity above 0.1 whose distance to the centre of their 20 nearest (among such)
 * is more than 5 times the cloud's median of that distance.
 */
export function countOutliers({ count, means, opacityLogits }: Gaussians): number {
  const solid = Array.from({ length: count }, (_, i) => i).filter((i) => (opacityLogits[i] ?? 0) > MIN_LOGIT);
  const at = (i: number): Point => [means[i * 3] ?? 0, means[i * 3 + 1] ?? 0, means[i * 3 + 2] ?? 0];
  // Along one axis nothing beyond the distance of the twentieth so far can be nearer.
  const points = solid.map(at).sort((a, b) => a[2] - b[2]);
  const distances = points.map((point, index) => {
    const nearest = nearestOf(points, index);
    const centre = [0, 1, 2].map((axis) => mean(nearest.map((other) => other[axis] ?? 0)));
    return Math.hypot(...point.map((value, axis) => value - (centre[axis] ?? 0)));
  });
  const limit = FAR * median(distances);
  return distances.filter((distance) => distance > limit).length;
}

type Point = readonly [number, number, number];

/** The points nearest to one of `points`, which are sorted along the last axis. */
function nearestOf(points: readonly Point[], index: number): Point[] {
  const here = points[index];
  if (!here) return [];
  const found: { readonly point: Point; readonly squared: number }[] = [];
  const reach = (): number => (found.length < NEIGHBOURS ? Infinity : (found.at(-1)?.squared ?? Infinity));
  const look = (other: Point | undefined): boolean => {
    if (!other || (other[2] - here[2]) ** 2 > reach()) return false;
    const squared = (other[0] - here[0]) ** 2 + (other[1] - here[1]) ** 2 + (other[2] - here[2]) ** 2;
    if (squared < reach()) {
      let place = found.length;
      while (place > 0 && (found[place - 1]?.squared ?? 0) > squared) place--;
      found.splice(place, 0, { point: other, squared });
      found.length = Math.min(found.length, NEIGHBOURS);
    }
    return true;
  };
  let [below, above] = [true, true];
  for (let step = 1; below || above; step++) {
    below &&= look(points[index - step]);
    above &&= look(points[index + step]);
  }
  return found.map(({ point }) => point);
}
