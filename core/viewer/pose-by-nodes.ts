import { NODES_PER_GAUSSIAN, type NodeDeformation } from '../deformation/deformation.ts';
import { CANCELLED, nodesAt } from '../deformation/nodes.ts';
import type { Gaussians } from '../gaussians.ts';
import { SH0 } from '../spherical-harmonics.ts';
import { packHalves, toHalf } from './half-float.ts';
import { packRotation, POSE_WORDS, type Words } from './packed-gaussians.ts';

/** What one node does at a time, in one row: rotation w, x, y, z; its place at rest; its place now; its colour. */
const NODE_ROW = 13;

/** The nodes at `time` (0..1), [M, NODE_ROW]. */
function nodeRows({ frames, nodes, rotations, translations, colours }: NodeDeformation, time: number): Float64Array {
  const [turns, moves, shades] = [rotations, translations, colours].map((values) => nodesAt(values, frames, time));
  const rows = new Float64Array((nodes.length / 3) * NODE_ROW);
  for (let m = 0; m < nodes.length / 3; m++) {
    const at = m * NODE_ROW;
    for (let c = 0; c < 4; c++) rows[at + c] = turns?.[m * 4 + c] ?? 0;
    for (let c = 0; c < 3; c++) {
      const rest = nodes[m * 3 + c] ?? 0;
      rows[at + 4 + c] = rest;
      rows[at + 7 + c] = rest + (moves?.[m * 3 + c] ?? 0);
      rows[at + 10 + c] = shades?.[m * 3 + c] ?? 0;
    }
  }
  return rows;
}

/**
 * `deformByNodes` and `packPoses` in one pass over the Gaussians, without arrays in between: what scrubbing waits for.
 * Writes the poses of all Gaussians at `time` (0..1) into `out`.
 */
export function poseByNodes(gaussians: Gaussians, deformation: NodeDeformation, time: number, out: Words): void {
  const { count, means, quats, sh } = gaussians;
  const { neighbours, weights } = deformation;
  const rows = nodeRows(deformation, time);
  const stride = count > 0 ? sh.length / count : 0;
  const { words, floats } = out;
  for (let i = 0; i < count; i++) {
    let w = 0;
    let x = 0;
    let y = 0;
    let z = 0;
    let restX = 0;
    let restY = 0;
    let restZ = 0;
    let toX = 0;
    let toY = 0;
    let toZ = 0;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = i * NODES_PER_GAUSSIAN; k < (i + 1) * NODES_PER_GAUSSIAN; k++) {
      const weight = weights[k] ?? 0;
      const at = (neighbours[k] ?? 0) * NODE_ROW;
      w += weight * (rows[at] ?? 0);
      x += weight * (rows[at + 1] ?? 0);
      y += weight * (rows[at + 2] ?? 0);
      z += weight * (rows[at + 3] ?? 0);
      restX += weight * (rows[at + 4] ?? 0);
      restY += weight * (rows[at + 5] ?? 0);
      restZ += weight * (rows[at + 6] ?? 0);
      toX += weight * (rows[at + 7] ?? 0);
      toY += weight * (rows[at + 8] ?? 0);
      toZ += weight * (rows[at + 9] ?? 0);
      red += weight * (rows[at + 10] ?? 0);
      green += weight * (rows[at + 11] ?? 0);
      blue += weight * (rows[at + 12] ?? 0);
    }
    const dx = (means[i * 3] ?? 0) - restX;
    const dy = (means[i * 3 + 1] ?? 0) - restY;
    const dz = (means[i * 3 + 2] ?? 0) - restZ;
    const norm2 = w * w + x * x + y * y + z * z;
    const s = norm2 < CANCELLED ? 0 : 2 / norm2;
    const cx = y * dz - z * dy;
    const cy = z * dx - x * dz;
    const cz = x * dy - y * dx;
    const to = i * POSE_WORDS;
    floats[to] = toX + dx + s * (w * cx + y * cz - z * cy);
    floats[to + 1] = toY + dy + s * (w * cy + z * cx - x * cz);
    floats[to + 2] = toZ + dz + s * (w * cz + x * cy - y * cx);
    words[to + 3] = packHalves(0.5 + SH0 * (sh[i * stride] ?? 0) + red, 0.5 + SH0 * (sh[i * stride + 1] ?? 0) + green);
    const qw = quats[i * 4] ?? 0;
    const qx = quats[i * 4 + 1] ?? 0;
    const qy = quats[i * 4 + 2] ?? 0;
    const qz = quats[i * 4 + 3] ?? 0;
    packRotation(
      floats,
      to + 4,
      w * qw - x * qx - y * qy - z * qz,
      w * qx + x * qw + y * qz - z * qy,
      w * qy - x * qz + y * qw + z * qx,
      w * qz + x * qy - y * qx + z * qw,
    );
    words[to + 7] = toHalf(0.5 + SH0 * (sh[i * stride + 2] ?? 0) + blue);
  }
}
