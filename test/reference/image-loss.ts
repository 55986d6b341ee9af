/**
 * (1 - lambda) L1 + lambda (1 - SSIM) of two pictures pixel by pixel in double precision, and its gradient. Gaussian
 * window of 11, sigma 1.5; values outside the picture count as 0; means over all pixels and channels.
 */
export interface PlanarPicture {
  readonly width: number;
  readonly height: number;
  /** [3, height, width] */
  readonly data: ArrayLike<number>;
}

const RADIUS = 5;
const C1 = 1e-4;
const C2 = 9e-4;

const WINDOW = (() => {
  const weights = Array.from({ length: 2 * RADIUS + 1 }, (_, k) => Math.exp(-((k - RADIUS) ** 2) / (2 * 1.5 ** 2)));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
})();

/** One channel weighted by the window around every pixel. The window is symmetric, so this is its own transpose. */
function blur(values: ArrayLike<number>, width: number, height: number): Float64Array {
  const along = (source: ArrayLike<number>, horizontal: boolean): Float64Array =>
    Float64Array.from({ length: width * height }, (_, p) => {
      const [x, y] = [p % width, Math.floor(p / width)];
      return WINDOW.reduce((sum, weight, k) => {
        const [i, j] = horizontal ? [x + k - RADIUS, y] : [x, y + k - RADIUS];
        return i < 0 || j < 0 || i >= width || j >= height ? sum : sum + weight * (source[j * width + i] ?? NaN);
      }, 0);
    });
  return along(along(values, true), false);
}

/** Sum of SSIM over one channel, and its gradient with respect to `x`. */
function ssimOfChannel(
  x: Float64Array,
  y: Float64Array,
  width: number,
  height: number,
): { sum: number; gradient: Float64Array } {
  const blurred = (values: Float64Array): Float64Array => blur(values, width, height);
  const [mx, my] = [blurred(x), blurred(y)];
  const xx = blurred(x.map((value) => value * value));
  const yy = blurred(y.map((value) => value * value));
  const xy = blurred(x.map((value, p) => value * (y[p] ?? NaN)));
  const pixels = width * height;
  // Derivatives with respect to the blurred x, xx and xy.
  const [dMean, dSquare, dProduct] = [new Float64Array(pixels), new Float64Array(pixels), new Float64Array(pixels)];
  let sum = 0;
  for (let p = 0; p < pixels; p++) {
    const [a = NaN, b = NaN] = [mx[p], my[p]];
    const meanTop = 2 * a * b + C1;
    const meanBottom = a * a + b * b + C1;
    const varianceTop = 2 * ((xy[p] ?? NaN) - a * b) + C2;
    const varianceBottom = (xx[p] ?? NaN) - a * a + ((yy[p] ?? NaN) - b * b) + C2;
    const ssim = (meanTop * varianceTop) / (meanBottom * varianceBottom);
    sum += ssim;
    // d log(ssim), factor by factor, times ssim where that has no division by a factor that may be 0.
    dMean[p] =
      (2 * b * varianceTop - 2 * b * meanTop) / (meanBottom * varianceBottom) +
      ssim * ((-2 * a) / meanBottom + (2 * a) / varianceBottom);
    dSquare[p] = -ssim / varianceBottom;
    dProduct[p] = (2 * meanTop) / (meanBottom * varianceBottom);
  }
  const [gMean, gSquare, gProduct] = [blurred(dMean), blurred(dSquare), blurred(dProduct)];
  const gradient = x.map(
    (value, p) => (gMean[p] ?? NaN) + 2 * value * (gSquare[p] ?? NaN) + (y[p] ?? NaN) * (gProduct[p] ?? NaN),
  );
  return { sum, gradient };
}

export interface ReferenceLoss {
  readonly loss: number;
  readonly l1: number;
  readonly ssim: number;
  /** Of the picture clamped to 0..1. */
  readonly mse: number;
  /** Of the loss with respect to the picture. */
  readonly gradient: Float64Array;
}

export function imageLossReference(picture: PlanarPicture, target: PlanarPicture, lambda: number): ReferenceLoss {
  const { width, height } = picture;
  const [x, y] = [Float64Array.from(picture.data), Float64Array.from(target.data)];
  const pixels = width * height;
  const values = 3 * pixels;
  const gradient = new Float64Array(values);
  let [l1, ssim, mse] = [0, 0, 0];
  for (let channel = 0; channel < 3; channel++) {
    const range = [channel * pixels, (channel + 1) * pixels] as const;
    const structure = ssimOfChannel(x.subarray(...range), y.subarray(...range), width, height);
    ssim += structure.sum / values;
    for (let p = 0; p < pixels; p++) {
      const at = channel * pixels + p;
      const [value = NaN, truth = NaN] = [x[at], y[at]];
      l1 += Math.abs(value - truth) / values;
      mse += (Math.min(Math.max(value, 0), 1) - truth) ** 2 / values;
      gradient[at] = ((1 - lambda) * Math.sign(value - truth) - lambda * (structure.gradient[p] ?? NaN)) / values;
    }
  }
  return { loss: (1 - lambda) * l1 + lambda * (1 - ssim), l1, ssim, mse, gradient };
}
