/** A point of a picture: x to the right, y down, in pixels; the first pixel's centre is at 0.5. */
export type Point = readonly [number, number];

/** The four neighbours of a pixel: right, left, below, above. */
export const STEPS: readonly Point[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];

/** Index of the neighbour of pixel `index` in one of the `STEPS`; -1 beyond the edge. */
export function neighbourOf(index: number, step: number, width: number, height: number): number {
  const x = index % width;
  const [dx = 0, dy = 0] = STEPS[step] ?? [];
  const [nx, ny] = [x + dx, (index - x) / width + dy];
  return nx < 0 || ny < 0 || nx >= width || ny >= height ? -1 : ny * width + nx;
}

/** Centre of a pixel. */
export const centreOf = (index: number, width: number): Point => [
  (index % width) + 0.5,
  Math.floor(index / width) + 0.5,
];

/** The pixel a point lies in, drawn to the edge where it lies outside. */
export function pixelAt([x, y]: Point, width: number, height: number): number {
  const column = Math.min(Math.max(Math.floor(x), 0), width - 1);
  return Math.min(Math.max(Math.floor(y), 0), height - 1) * width + column;
}

/** Parameter (0 at `a`, 1 at `b`) of the point of segment ab that is nearest to `p`, and the distance to it. */
export function nearestOnSegment(p: Point, a: Point, b: Point): { t: number; distance: number } {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const squared = dx * dx + dy * dy;
  const along = squared > 0 ? ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squared : 0;
  const t = Math.min(Math.max(along, 0), 1);
  return { t, distance: Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy) };
}

export const between = (a: Point, b: Point, t: number): Point => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

export const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Whether a point lies in a polygon (even-odd rule). */
export function isInPolygon([x, y]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  polygon.forEach((a, k) => {
    const b = polygon[(k + 1) % polygon.length] ?? a;
    if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside = !inside;
  });
  return inside;
}
