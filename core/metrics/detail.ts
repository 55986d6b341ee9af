import { checkComparable, type Picture } from './picture.ts';

/**
 * How many pixels inside the silhouettes a pixel must lie to count as detail. Two keep its neighbours clear of smooth
 * edges; more would leave nothing of thin limbs.
 */
const MARGIN = 2;

/**
 * How much of the truth's detail a rendering shows: its mean gradient magnitude over that of the truth, taken within
 * both silhouettes (masks, [height, width]), at least 2 pixels from their edges. Below 1 the rendering is too smooth,
 * above 1 it is too rough. Undefined where nothing is left to look at, or where the truth is flat.
 */
export function detailRatio(
  [rendered, truth]: readonly [Picture, Picture],
  [renderedMask, truthMask]: readonly [Uint8Array, Uint8Array],
): number | undefined {
  checkComparable(rendered, truth);
  const inner = erodedIntersection(renderedMask, truthMask, rendered);
  const expected = gradientSum(truth, inner);
  return expected > 0 ? gradientSum(rendered, inner) / expected : undefined;
}

/** Indices of the pixels whose whole surrounding, a square of 2 `MARGIN` + 1 pixels, is in both masks and in the picture. */
function erodedIntersection(a: Uint8Array, b: Uint8Array, { width, height }: Picture): number[] {
  const isInner = (x: number, y: number): boolean => {
    for (let dy = -MARGIN; dy <= MARGIN; dy++) {
      for (let dx = -MARGIN; dx <= MARGIN; dx++) {
        const pixel = (y + dy) * width + x + dx;
        if (!a[pixel] || !b[pixel]) return false;
      }
    }
    return true;
  };
  const inner: number[] = [];
  for (let y = MARGIN; y < height - MARGIN; y++) {
    for (let x = MARGIN; x < width - MARGIN; x++) if (isInner(x, y)) inner.push(y * width + x);
  }
  return inner;
}

/** Sum over pixels and channels of the length of the gradient, by central differences. */
function gradientSum({ data, width, channels }: Picture, pixels: readonly number[]): number {
  const row = width * channels;
  let sum = 0;
  for (const pixel of pixels) {
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      const across = (data[i + channels] ?? 0) - (data[i - channels] ?? 0);
      const down = (data[i + row] ?? 0) - (data[i - row] ?? 0);
      sum += Math.sqrt(across * across + down * down);
    }
  }
  return sum / 2;
}
