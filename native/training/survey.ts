import type { Gaussians } from '../../core/gaussians.ts';
import { SH0 } from '../../core/spherical-harmonics.ts';

/** What a frame looks like by itself: rows of place (world) and colour (sRGB 0..1), [points, CLOUD_FIELDS]. */
export type Cloud = Float32Array;

export const CLOUD_FIELDS = 6;

/** Logit below which a Gaussian is too faint to belong to the surface (opacity about 0.27). */
const MIN_LOGIT = -1;

/** The surface that a short fit of one frame found: its Gaussians that are not faint. */
export function cloudOf({ count, means, sh, opacityLogits }: Gaussians): Cloud {
  const perGaussian = sh.length / count;
  const rows: number[] = [];
  for (let i = 0; i < count; i++) {
    if ((opacityLogits[i] ?? 0) < MIN_LOGIT) continue;
    for (let c = 0; c < 3; c++) rows.push(means[i * 3 + c] ?? 0);
    for (let c = 0; c < 3; c++) rows.push(0.5 + SH0 * (sh[i * perGaussian + c] ?? 0));
  }
  return Float32Array.from(rows);
}
