import type { Gaussians } from '../gaussians.ts';
import { NODES_PER_GAUSSIAN, type NodeDeformation } from './deformation.ts';
import { SH0 } from '../spherical-harmonics.ts';

/** Below this squared length opposite rotations have cancelled, and the Gaussian keeps its orientation. */
export const CANCELLED = 1e-12;

/** Weights of the knots first, first + 1, ... at a time: Catmull-Rom, so that motion has no kinks at frames. */
export function knotWeights(frames: number, time: number): { first: number; weights: readonly number[] } {
  if (frames < 2) return { first: 0, weights: [1] };
  const at = Math.min(Math.max(time, 0), 1) * (frames - 1);
  const left = Math.min(Math.floor(at), frames - 2);
  const u = at - left;
  if (u === 0) return { first: left, weights: [1] };
  const cubic = [
    ((2 - u) * u - 1) * u * 0.5,
    ((3 * u - 5) * u * u + 2) * 0.5,
    ((4 - 3 * u) * u + 1) * u * 0.5,
    (u - 1) * u * u * 0.5,
  ];
  // Beyond the ends the first and the last knot are repeated.
  const folded = new Map<number, number>();
  cubic.forEach((weight, k) => {
    const knot = Math.min(Math.max(left - 1 + k, 0), frames - 1);
    folded.set(knot, (folded.get(knot) ?? 0) + weight);
  });
  const first = Math.min(...folded.keys());
  return { first, weights: [...folded.entries()].sort(([a], [b]) => a - b).map(([, weight]) => weight) };
}

/** One quantity of all nodes at a time: rows [frames, nodes * components] interpolated over the frames. */
export function nodesAt(values: Float32Array, frames: number, time: number): Float64Array {
  const row = values.length / frames;
  const { first, weights } = knotWeights(frames, time);
  const out = new Float64Array(row);
  weights.forEach((weight, k) => {
    for (let i = 0; i < row; i++) out[i] = (out[i] ?? 0) + weight * (values[(first + k) * row + i] ?? 0);
  });
  return out;
}

/**
 * Gaussians at `time` (0..1) under control nodes. For a Gaussian with centre x, rotation q and weights w over its nodes:
 * b = sum w q_k, c = sum w p_k, c' = sum w (p_k + t_k); then x' = c' + R_b (x - c), q' = b q, and the colour moves by
 * sum w colour_k. Scales and opacities stay.
 */
export function deformByNodes(gaussians: Gaussians, deformation: NodeDeformation, time: number): Gaussians {
  const { frames, nodes, neighbours, weights } = deformation;
  const rotations = nodesAt(deformation.rotations, frames, time);
  const translations = nodesAt(deformation.translations, frames, time);
  const colours = nodesAt(deformation.colours, frames, time);
  const means = new Float32Array(gaussians.means.length);
  const quats = new Float32Array(gaussians.quats.length);
  const sh = Float32Array.from(gaussians.sh);
  const perGaussian = gaussians.count > 0 ? sh.length / gaussians.count : 0;

  const b = new Float64Array(4);
  const rest = new Float64Array(3);
  const target = new Float64Array(3);
  const colour = new Float64Array(3);
  for (let i = 0; i < gaussians.count; i++) {
    b.fill(0);
    rest.fill(0);
    target.fill(0);
    colour.fill(0);
    for (let k = i * NODES_PER_GAUSSIAN; k < (i + 1) * NODES_PER_GAUSSIAN; k++) {
      const node = neighbours[k] ?? 0;
      const w = weights[k] ?? 0;
      for (let c = 0; c < 4; c++) b[c] = (b[c] ?? 0) + w * (rotations[node * 4 + c] ?? 0);
      for (let c = 0; c < 3; c++) {
        const p = nodes[node * 3 + c] ?? 0;
        rest[c] = (rest[c] ?? 0) + w * p;
        target[c] = (target[c] ?? 0) + w * (p + (translations[node * 3 + c] ?? 0));
        colour[c] = (colour[c] ?? 0) + w * (colours[node * 3 + c] ?? 0);
      }
    }
    const [w = 0, x = 0, y = 0, z = 0] = b;
    const norm2 = w * w + x * x + y * y + z * z;
    const dx = (gaussians.means[i * 3] ?? 0) - (rest[0] ?? 0);
    const dy = (gaussians.means[i * 3 + 1] ?? 0) - (rest[1] ?? 0);
    const dz = (gaussians.means[i * 3 + 2] ?? 0) - (rest[2] ?? 0);
    // R d = d + 2 (w (u x d) + u x (u x d)) / |b|^2 with u the vector part.
    const s = norm2 < CANCELLED ? 0 : 2 / norm2;
    const cx = y * dz - z * dy;
    const cy = z * dx - x * dz;
    const cz = x * dy - y * dx;
    means[i * 3] = (target[0] ?? 0) + dx + s * (w * cx + y * cz - z * cy);
    means[i * 3 + 1] = (target[1] ?? 0) + dy + s * (w * cy + z * cx - x * cz);
    means[i * 3 + 2] = (target[2] ?? 0) + dz + s * (w * cz + x * cy - y * cx);

    const qw = gaussians.quats[i * 4] ?? 0;
    const qx = gaussians.quats[i * 4 + 1] ?? 0;
    const qy = gaussians.quats[i * 4 + 2] ?? 0;
    const qz = gaussians.quats[i * 4 + 3] ?? 0;
    quats[i * 4] = w * qw - x * qx - y * qy - z * qz;
    quats[i * 4 + 1] = w * qx + x * qw + y * qz - z * qy;
    quats[i * 4 + 2] = w * qy - x * qz + y * qw + z * qx;
    quats[i * 4 + 3] = w * qz + x * qy - y * qx + z * qw;
    for (let c = 0; c < 3; c++) sh[i * perGaussian + c] = (sh[i * perGaussian + c] ?? 0) + (colour[c] ?? 0) / SH0;
  }
  return { ...gaussians, means, quats, sh };
}
