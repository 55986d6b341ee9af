import { roundHalfEven, type Points } from './spans.ts';

/** Sines of whole degrees with the seven digits and the 32 bits that OpenCV's own table has; the pixels depend on them. */
const SINES = Float32Array.from({ length: 451 }, (_, degree) => Number(Math.sin((degree * Math.PI) / 180).toFixed(7)));

const sine = (degree: number): number => SINES[degree] ?? 0;
const cosine = (degree: number): number => SINES[450 - degree] ?? 0;

/**
 * The outline of an ellipse as a polygon of whole pixels, a vertex a degree, as OpenCV's `ellipse2Poly` makes it.
 * @param halfLength Half axis along `angle`, `halfWidth` the one across it, in whole pixels.
 * @param angle Whole degrees, clockwise on the screen from the x axis.
 */
export function ellipsePolygon(x: number, y: number, halfLength: number, halfWidth: number, angle: number): Points {
  const turn = ((angle % 360) + 360) % 360;
  const [alongX, alongY] = [cosine(turn), sine(turn)];
  const points: number[] = [];
  for (let degree = 0; degree <= 360; degree++) {
    const [along, across] = [halfLength * cosine(degree), halfWidth * sine(degree)];
    const px = roundHalfEven(x + along * alongX - across * alongY);
    const py = roundHalfEven(y + along * alongY + across * alongX);
    if (px !== points.at(-2) || py !== points.at(-1)) points.push(px, py);
  }
  return points;
}
