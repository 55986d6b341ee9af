import { checkComparable, type Picture } from './picture.ts';
import { type Plane, RADIUS, ssimMeans } from './ssim-window.ts';

/**
 * Structural similarity, -1..1, mean over all pixels and channels. The picture counts as surrounded by zeros (as in the
 * 3D Gaussian splatting papers), so that every pixel takes part and pictures may be smaller than the window.
 */
export function ssim(a: Picture, b: Picture): number {
  checkComparable(a, b);
  let sum = 0;
  for (let channel = 0; channel < a.channels; channel++) {
    sum += ssimMeans(channelPlane(a, channel), channelPlane(b, channel), a.peak, 'same').ssim;
  }
  return sum / a.channels;
}

/** The weights of the five scales, finest first (Wang, Simoncelli and Bovik 2003). */
const SCALE_WEIGHTS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * Multi-scale SSIM (Wang, Simoncelli and Bovik 2003), 0..1, mean over channels: contrast-structure at each scale, the
 * whole SSIM at the coarsest, raised to the published weights and multiplied; each scale halves the one before by
 * 2x2 averages (an odd last row or column is repeated). Windows lie inside the picture; negative factors count as 0.
 *
 * Five scales need a shorter side of 161 pixels. A smaller picture takes as many as have room for the 11-pixel window,
 * with their weights scaled to sum 1, and is comparable only with pictures of its own size. Undefined where a side
 * is shorter than the window.
 */
export function msSsim(a: Picture, b: Picture): number | undefined {
  checkComparable(a, b);
  const scales = scaleCount(Math.min(a.width, a.height));
  if (scales === 0) return undefined;
  const weights = SCALE_WEIGHTS.slice(0, scales);
  const weightSum = weights.reduce((x, y) => x + y);
  let sum = 0;
  for (let channel = 0; channel < a.channels; channel++) {
    let planes = [channelPlane(a, channel), channelPlane(b, channel)] as const;
    let similarity = 1;
    for (const [scale, weight] of weights.entries()) {
      if (scale > 0) planes = [halve(planes[0]), halve(planes[1])];
      const means = ssimMeans(...planes, a.peak, 'valid');
      const factor = scale === scales - 1 ? means.ssim : means.contrastStructure;
      similarity *= Math.max(0, factor) ** (weight / weightSum);
    }
    sum += similarity;
  }
  return sum / a.channels;
}

/** How many scales `msSsim` uses for a picture whose shorter side is `side` pixels. */
export function scaleCount(side: number): number {
  let scales = 0;
  for (let size = side; size > 2 * RADIUS && scales < SCALE_WEIGHTS.length; size = Math.ceil(size / 2)) scales++;
  return scales;
}

function channelPlane({ width, height, channels, data }: Picture, channel: number): Plane {
  const plane = new Float64Array(width * height);
  for (let i = 0; i < plane.length; i++) plane[i] = data[i * channels + channel] ?? 0;
  return { width, height, data: plane };
}

function halve({ width, height, data }: Plane): Plane {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const out = new Float64Array(half.width * half.height);
  for (let y = 0; y < half.height; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < half.width; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      const sum =
        (data[top + left] ?? 0) + (data[top + right] ?? 0) + (data[bottom + left] ?? 0) + (data[bottom + right] ?? 0);
      out[y * half.width + x] = sum / 4;
    }
  }
  return { ...half, data: out };
}
