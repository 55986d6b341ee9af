import { distance, type Point } from './coco-joints.ts';

/** The point with the least sum of distances to the given ones: near the majority, whatever a stray one says. */
export function geometricMedian(points: readonly Point[]): Point {
  let [x, y] = weightedMean(points, () => 1);
  // Weiszfeld's iteration; with a handful of points it has settled to a hundredth of a pixel long before.
  for (let step = 0; step < 40; step++) {
    [x, y] = weightedMean(points, (point) => 1 / Math.max(1e-3, distance(point, [x, y])));
  }
  return [x, y];
}

function weightedMean(points: readonly Point[], weightOf: (point: Point) => number): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (const point of points) {
    const weight = weightOf(point);
    sum += weight;
    sumX += weight * point[0];
    sumY += weight * point[1];
  }
  return [sumX / sum, sumY / sum];
}
