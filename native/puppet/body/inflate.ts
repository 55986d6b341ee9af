import { solveLaplacian } from './graph.ts';
import { PART, type Part } from './parts.ts';
import type { Sheets } from './sheets.ts';

/**
 * Source of the inflation by part. With 2 a long strip becomes a tube as thick as it is wide, with 4 a disc becomes a ball.
 * Trunks are flatter than they are wide, heads are deep.
 */
const ROUNDNESS: Readonly<Record<Part, number>> = {
  torso: 0.9,
  head: 3.4,
  right_arm: 2,
  left_arm: 2,
  right_leg: 1.9,
  left_leg: 1.9,
};
/** Below this an edge is an outline at which both sides end. */
const JOINED = 0.5;
/** The rim lies half a pixel beyond the last pixel. */
const RIM = 2;

/**
 * Half the thickness of each node's sheet, in pixels: the root of the solution of Poisson's equation that vanishes at the rim,
 * which is a circle across a strip.
 */
export function inflate({ count, part, graph }: Sheets): Float32Array {
  const roundness = Float32Array.from(
    Object.entries(PART).sort(([, a], [, b]) => a - b),
    ([name]) => ROUNDNESS[name as Part],
  );
  const source = Float32Array.from(part, (index) => roundness[index] ?? 2);
  const rim = new Float32Array(count);
  const conductance = new Float32Array(graph.conductance.length);
  for (let i = 0; i < count; i++) {
    for (let k = i * 4; k < i * 4 + 4; k++) {
      const joined = (graph.neighbours[k] ?? -1) >= 0 && (graph.conductance[k] ?? 0) > JOINED;
      if (joined) conductance[k] = 1;
      else rim[i] = (rim[i] ?? 0) + RIM;
    }
  }
  const squared = new Float32Array(count);
  solveLaplacian({ ...graph, conductance }, rim, source, squared);
  return squared.map((value) => Math.sqrt(Math.max(value, 0)));
}
