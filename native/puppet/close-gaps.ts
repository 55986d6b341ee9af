import { gaussiansAt } from '../../core/deformation/deform.ts';
import type { Scene } from '../../core/deformation/deformation.ts';

/** Moments at which the skin is looked at. */
const MOMENTS = 7;
/** A Gaussian grows by no more than this. */
const MOST = 2.5;

/**
 * The scene with Gaussians that grow where the motion pulls neighbours apart: at an armpit under a raised arm the skin stretches, and
 * what closed it at rest would leave gaps.
 * @param links Pairs of Gaussians that are next to each other, [E, 2].
 */
export function closeGaps(scene: Scene, links: Int32Array): Scene {
  const { gaussians } = scene;
  const stretch = new Float32Array(gaussians.count).fill(1);
  const rest = lengthsOf(gaussians.means, links);
  for (let moment = 0; moment < MOMENTS; moment++) {
    const now = lengthsOf(gaussiansAt(scene, moment / (MOMENTS - 1)).means, links);
    for (const [edge, length] of now.entries()) {
      const factor = Math.min(length / Math.max(rest[edge] ?? 0, 1e-9), MOST);
      for (const end of [links[edge * 2] ?? 0, links[edge * 2 + 1] ?? 0]) {
        stretch[end] = Math.max(stretch[end] ?? 1, factor);
      }
    }
  }
  const logScales = gaussians.logScales.slice();
  for (const [i, factor] of stretch.entries()) {
    // The third axis lies across the surface: skin gets no thicker.
    for (const axis of [0, 1]) logScales[i * 3 + axis] = (logScales[i * 3 + axis] ?? 0) + Math.log(factor);
  }
  return { ...scene, gaussians: { ...gaussians, logScales } };
}

function lengthsOf(means: Float32Array, links: Int32Array): Float32Array {
  const lengths = new Float32Array(links.length / 2);
  for (let edge = 0; edge < lengths.length; edge++) {
    const [a, b] = [(links[edge * 2] ?? 0) * 3, (links[edge * 2 + 1] ?? 0) * 3];
    lengths[edge] = Math.hypot(
      (means[a] ?? 0) - (means[b] ?? 0),
      (means[a + 1] ?? 0) - (means[b + 1] ?? 0),
      (means[a + 2] ?? 0) - (means[b + 2] ?? 0),
    );
  }
  return lengths;
}
