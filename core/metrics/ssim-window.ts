/** Radius of the window of 11 pixels. */
export const RADIUS = 5;
const SIGMA = 1.5;

/** The normalised Gaussian window. */
const WINDOW = (() => {
  const window = Float64Array.from({ length: 2 * RADIUS + 1 }, (_, i) =>
    Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = window.reduce((a, b) => a + b);
  return window.map((value) => value / sum);
})();

/** One channel of a picture, [height, width]. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/** Means over the windows of the SSIM and of its contrast-structure factor alone. */
export interface SsimMeans {
  readonly ssim: number;
  readonly contrastStructure: number;
}

/** `same`: a window around every pixel, zeros outside the picture. `valid`: only windows that lie in the picture. */
export type Border = 'same' | 'valid';

/**
 * SSIM (Wang et al. 2004) of two planes of one size with values in 0..peak: Gaussian window of 11, sigma 1.5,
 * C1 = (0.01 peak)^2, C2 = (0.03 peak)^2, variances as E[x^2] - E[x]^2, in double precision.
 *
 * Where the planes are equal in a whole window both factors are exactly 1, so that only the stretch of each row with
 * differing pixels in reach is filtered: a fraction of the work on a character before a plain background, same result.
 */
export function ssimMeans(a: Plane, b: Plane, peak: number, border: Border): SsimMeans {
  const { width, height } = a;
  const margin = border === 'valid' ? RADIUS : 0;
  const windows = spread(differingSpans(a, b), width, RADIUS, RADIUS);
  const rows = filterRows(a, b, spread(windows, width, RADIUS, 0));

  const c1 = (0.01 * peak) ** 2;
  const c2 = (0.03 * peak) ** 2;
  const moments = allocateMoments(width);
  let ssimLoss = 0;
  let contrastLoss = 0;
  for (let y = margin; y < height - margin; y++) {
    const begin = Math.max(windows.begin[y] ?? 0, margin);
    const end = Math.min(windows.end[y] ?? 0, width - margin);
    filterColumns(rows, moments, y, begin, end, width, height);
    for (let x = begin; x < end; x++) {
      const meanA = moments.a[x] ?? 0;
      const meanB = moments.b[x] ?? 0;
      const product = meanA * meanB;
      const squares = meanA * meanA + meanB * meanB;
      const contrast = (2 * ((moments.product[x] ?? 0) - product) + c2) / ((moments.squares[x] ?? 0) - squares + c2);
      contrastLoss += 1 - contrast;
      ssimLoss += 1 - (contrast * (2 * product + c1)) / (squares + c1);
    }
  }
  const total = (width - 2 * margin) * (height - 2 * margin);
  return { ssim: 1 - ssimLoss / total, contrastStructure: 1 - contrastLoss / total };
}

/** For every row the first column and the one past the last; begin >= end where the row has none. */
interface Spans {
  readonly begin: Int32Array;
  readonly end: Int32Array;
}

function differingSpans(a: Plane, b: Plane): Spans {
  const begin = new Int32Array(a.height).fill(a.width);
  const end = new Int32Array(a.height);
  for (let y = 0; y < a.height; y++) {
    const row = y * a.width;
    let first = 0;
    while (first < a.width && a.data[row + first] === b.data[row + first]) first++;
    let last = a.width;
    while (last > first && a.data[row + last - 1] === b.data[row + last - 1]) last--;
    if (first === last) continue;
    begin[y] = first;
    end[y] = last;
  }
  return { begin, end };
}

/** The spans within reach of other spans, `rows` up and down and `columns` to the sides. */
function spread(spans: Spans, width: number, rows: number, columns: number): Spans {
  const height = spans.begin.length;
  const begin = new Int32Array(height).fill(width);
  const end = new Int32Array(height);
  for (let y = 0; y < height; y++) {
    for (let other = Math.max(0, y - rows); other <= Math.min(height - 1, y + rows); other++) {
      if ((spans.begin[other] ?? 0) >= (spans.end[other] ?? 0)) continue;
      begin[y] = Math.max(0, Math.min(begin[y] ?? 0, (spans.begin[other] ?? 0) - columns));
      end[y] = Math.min(width, Math.max(end[y] ?? 0, (spans.end[other] ?? 0) + columns));
    }
  }
  return { begin, end };
}

/** Weighted sums of a, b, a^2 + b^2 and ab. SSIM needs no more: the two variances enter it as their sum only. */
interface Moments {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly squares: Float64Array;
  readonly product: Float64Array;
}

const allocateMoments = (length: number): Moments => ({
  a: new Float64Array(length),
  b: new Float64Array(length),
  squares: new Float64Array(length),
  product: new Float64Array(length),
});

/** The moments over the horizontal window of every pixel in the spans, [height, width]. */
function filterRows(a: Plane, b: Plane, spans: Spans): Moments {
  const { width, height } = a;
  const moments = allocateMoments(width * height);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = spans.begin[y] ?? 0; x < (spans.end[y] ?? 0); x++) {
      let [meanA, meanB, squares, product] = [0, 0, 0, 0];
      const last = Math.min(width - 1, x + RADIUS);
      for (let i = Math.max(0, x - RADIUS); i <= last; i++) {
        const weight = WINDOW[i - x + RADIUS] ?? 0;
        const valueA = a.data[row + i] ?? 0;
        const valueB = b.data[row + i] ?? 0;
        meanA += weight * valueA;
        meanB += weight * valueB;
        squares += weight * (valueA * valueA + valueB * valueB);
        product += weight * (valueA * valueB);
      }
      moments.a[row + x] = meanA;
      moments.b[row + x] = meanB;
      moments.squares[row + x] = squares;
      moments.product[row + x] = product;
    }
  }
  return moments;
}

/** Sums `rows` over the vertical windows of row y's pixels begin..end into `out`, [width]. */
function filterColumns(
  rows: Moments,
  out: Moments,
  y: number,
  begin: number,
  end: number,
  width: number,
  height: number,
): void {
  for (const key of ['a', 'b', 'squares', 'product'] as const) {
    const sums = out[key];
    const source = rows[key];
    sums.fill(0, begin, Math.max(begin, end));
    for (let other = Math.max(0, y - RADIUS); other <= Math.min(height - 1, y + RADIUS); other++) {
      const weight = WINDOW[other - y + RADIUS] ?? 0;
      for (let x = begin; x < end; x++) sums[x] = (sums[x] ?? 0) + weight * (source[other * width + x] ?? 0);
    }
  }
}
