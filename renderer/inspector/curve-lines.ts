import type { CurvePoint } from '../../preload/contract/jobs.ts';

export interface CurveLines {
  /** Points of an SVG polyline in a box of `width` x `height`, from the top left. */
  readonly psnr: string;
  readonly loss: string;
  readonly psnrRange: readonly [low: number, high: number];
  readonly lossRange: readonly [low: number, high: number];
  readonly iterations: number;
}

const MOST_POINTS = 240;

/**
 * How a fit goes, as two lines in one box, each over its own range; the loss on a logarithmic scale, because it falls by
 * factors. Undefined with fewer than two points that are numbers.
 */
export function curveLines(points: readonly CurvePoint[], width: number, height: number): CurveLines | undefined {
  const sound = points.filter(([, loss, psnr]) => Number.isFinite(loss) && loss > 0 && Number.isFinite(psnr));
  const [first, last] = [sound[0], sound.at(-1)];
  if (!first || !last || last[0] <= first[0]) return undefined;
  const stride = Math.max(1, Math.ceil(sound.length / MOST_POINTS));
  const shown = sound.filter((_, i) => i % stride === 0 || i === sound.length - 1);
  const x = (iteration: number): number => ((iteration - first[0]) / (last[0] - first[0])) * width;
  const line = (value: (point: CurvePoint) => number): { readonly text: string; readonly range: [number, number] } => {
    const values = shown.map(value);
    const range: [number, number] = [Math.min(...values), Math.max(...values)];
    const y = (of: number): number => height - ((of - range[0]) / (range[1] - range[0] || 1)) * height;
    return {
      range,
      text: shown.map((point, i) => `${x(point[0]).toFixed(1)},${y(values[i] ?? 0).toFixed(1)}`).join(' '),
    };
  };
  const psnr = line((point) => point[2]);
  const loss = line((point) => Math.log(point[1]));
  return {
    psnr: psnr.text,
    loss: loss.text,
    psnrRange: psnr.range,
    lossRange: [Math.exp(loss.range[0]), Math.exp(loss.range[1])],
    iterations: last[0],
  };
}
