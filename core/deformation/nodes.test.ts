import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/helpers/random.ts';
import { floats, randomCloud } from '../../test/helpers/random-scene.ts';
import { frameTime } from '../frame-time.ts';
import { NODES_PER_GAUSSIAN, type NodeDeformation } from './deformation.ts';
import { deformByNodes, knotWeights } from './nodes.ts';

const FRAMES = 5;
const NODES = 6;
const random = seededRandom(4);
const gaussians = randomCloud(random, { count: 50, shDegree: 1 });

/** Equal numbers for every node of every frame, in rows. */
const repeated = (row: readonly number[]): Float32Array =>
  Float32Array.from({ length: FRAMES * NODES * row.length }, (_, k) => row[k % row.length] ?? NaN);

function weightsOf(count: number): Float32Array {
  const weights = floats(random, count * NODES_PER_GAUSSIAN, 0.1, 1);
  for (let i = 0; i < count; i++) {
    const row = weights.subarray(i * NODES_PER_GAUSSIAN, (i + 1) * NODES_PER_GAUSSIAN);
    const total = row.reduce((a, b) => a + b);
    row.forEach((weight, k) => (row[k] = weight / total));
  }
  return weights;
}

const rest: NodeDeformation = {
  kind: 'nodes',
  frames: FRAMES,
  nodes: floats(random, NODES * 3, -1, 1),
  rotations: repeated([1, 0, 0, 0]),
  translations: repeated([0, 0, 0]),
  colours: repeated([0, 0, 0]),
  neighbours: Int32Array.from({ length: gaussians.count * NODES_PER_GAUSSIAN }, () => Math.floor(random() * NODES)),
  weights: weightsOf(gaussians.count),
};

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, k) => Math.max(most, Math.abs(x - (b[k] ?? NaN))), 0);

describe('the weights of the knots', () => {
  it('are one knot at frames', () => {
    for (let frame = 0; frame < FRAMES; frame++) {
      const { first, weights } = knotWeights(FRAMES, frameTime(frame, FRAMES));
      const whole = weights.map((weight, k) => (first + k === frame ? weight - 1 : weight));
      expect(Math.max(...whole.map(Math.abs))).toBeLessThan(1e-12);
    }
  });

  it('sum to one, stay inside the clip and carry a straight line over', () => {
    for (let time = -0.25; time <= 1.25; time += 0.0137) {
      const { first, weights } = knotWeights(FRAMES, time);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + weights.length).toBeLessThanOrEqual(FRAMES);
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      // Between the second and the last knot but one, where no knot is repeated.
      if (time < 0.25 || time > 0.75) continue;
      const line = weights.reduce((sum, weight, k) => sum + weight * (first + k), 0);
      expect(line).toBeCloseTo(time * (FRAMES - 1), 12);
    }
  });

  it('have no jump and no kink at a frame', () => {
    const at = (time: number): number => {
      const { first, weights } = knotWeights(FRAMES, time);
      return weights.reduce((sum, weight, k) => sum + weight * Math.sin(2 * (first + k)), 0);
    };
    const [step, knot] = [1e-5, 0.5];
    expect(Math.abs(at(knot + step) - at(knot))).toBeLessThan(1e-4);
    expect((at(knot + step) - at(knot)) / (at(knot) - at(knot - step))).toBeCloseTo(1, 3);
  });

  it('are the only knot of a still clip', () => {
    expect(knotWeights(1, 0.7)).toEqual({ first: 0, weights: [1] });
  });
});

describe('a deformation by nodes', () => {
  it('at rest changes nothing', () => {
    const still = deformByNodes(gaussians, rest, 0.4);
    expect(largest(still.means, gaussians.means)).toBeLessThan(1e-6);
    expect(largest(still.quats, gaussians.quats)).toBeLessThan(1e-6);
    expect(still.sh).toEqual(gaussians.sh);
    expect(still.logScales).toBe(gaussians.logScales);
    expect(still.opacityLogits).toBe(gaussians.opacityLogits);
  });

  it('moves all rigidly when all nodes do', () => {
    // Turned by 90 degrees about z and moved: (x, y, z) to (-y, x, z) + shift.
    const [half, shift] = [Math.SQRT1_2, [0.3, -0.2, 0.7]];
    const turn = (p: ArrayLike<number>): number[] =>
      [-(p[1] ?? 0), p[0] ?? 0, p[2] ?? 0].map((x, c) => x + (shift[c] ?? 0));
    const at = (values: Float32Array, row: number, width: number): Float32Array =>
      values.subarray(row * width, (row + 1) * width);
    const moves = Array.from({ length: NODES }, (_, node) => {
      const p = at(rest.nodes, node, 3);
      return turn(p).map((x, c) => x - (p[c] ?? 0));
    });
    const translations = Float32Array.from(Array.from({ length: FRAMES }, () => moves).flat(2));
    // The length of a node's quaternion does not turn anything further.
    const rotations = repeated([2 * half, 0, 0, 2 * half]);
    const moved = deformByNodes(gaussians, { ...rest, rotations, translations }, 0.6);
    for (let i = 0; i < gaussians.count; i++) {
      expect(largest(at(moved.means, i, 3), turn(at(gaussians.means, i, 3)))).toBeLessThan(2e-6);
      const [w = 0, x = 0, y = 0, z = 0] = at(gaussians.quats, i, 4);
      // (cos 45, 0, 0, sin 45) times q, twice as long.
      const product = [w - z, x - y, y + x, z + w].map((value) => value * 2 * half);
      expect(largest(at(moved.quats, i, 4), product)).toBeLessThan(2e-6);
    }
  });

  it('adds colours in sRGB, to the first coefficient only', () => {
    const moved = deformByNodes(gaussians, { ...rest, colours: repeated([0.1, 0, -0.2]) }, 0);
    const perGaussian = gaussians.sh.length / gaussians.count;
    const offsets = gaussians.sh.map((x, k) => ((moved.sh[k] ?? NaN) - x) * 0.28209479177387814);
    const expected = offsets.map((_, k) => [0.1, 0, -0.2][k % perGaussian] ?? 0);
    expect(largest(offsets, expected)).toBeLessThan(1e-6);
  });

  it('keeps the orientation where opposite rotations cancel', () => {
    const rotations = Float32Array.from(rest.rotations, (x, k) => (Math.floor(k / 4) % 2 ? -x : x));
    const neighbours = rest.neighbours.map((_, k) => k % 2);
    const weights = rest.weights.map(() => 0.25);
    const moved = deformByNodes(gaussians, { ...rest, rotations, neighbours, weights }, 0);
    expect(largest(moved.means, gaussians.means)).toBeLessThan(1e-6);
  });

  it('takes a cloud of nothing', () => {
    const empty = randomCloud(random, { count: 0, shDegree: 0 });
    const none = { neighbours: new Int32Array(), weights: new Float32Array() };
    expect(deformByNodes(empty, { ...rest, ...none }, 0.5).means.length).toBe(0);
  });
});
