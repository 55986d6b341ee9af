import { describe, expect, it } from 'vitest';
import type { HexPlaneConfig } from '../../core/deformation/deformation.ts';
import { hexPlaneShapes } from '../../core/deformation/hexplane-shapes.ts';
import { passes, VARIANTS, withKernels, type HexPlaneCall } from '../golden/native-passes.ts';
import { seededRandom } from '../helpers/random.ts';

const config: HexPlaneConfig = {
  multires: [1, 2],
  channels: 20,
  resolution: [6, 5, 7, 4],
  width: 18,
  depth: 2,
  heads: { position: true, scale: true, rotation: true, opacity: true, sh: true },
  aabb: [
    [1, 1.2, 1.1],
    [-1.1, -1, -0.9],
  ],
};

/** Random weights and points, some of them outside the box. */
function call(count: number, time: number | Float32Array, changes: Partial<HexPlaneConfig> = {}): HexPlaneCall {
  const random = seededRandom(7);
  const floats = (length: number): Float32Array => Float32Array.from({ length }, () => (random() - 0.5) * 2.4);
  const gaussians = () => ({
    positions: floats(count * 3),
    logScales: floats(count * 3),
    quats: floats(count * 4),
    opacityLogits: floats(count),
    sh: floats(count * 12),
  });
  const network = { ...config, ...changes };
  const parameters = Object.fromEntries(
    [...hexPlaneShapes(network)].map(([name, shape]) => [name, floats(shape.reduce((a, b) => a * b, 1))]),
  );
  const inputs = { ...gaussians(), count, shCoefficients: 4, time };
  return { config: network, parameters, inputs, weights: gaussians(), threads: 1 };
}

describe('the native deformation network', () => {
  it.each(VARIANTS)('gives the same bits on 1, 2 and 4 threads (%s)', (variant) => {
    // More points than one round of one thread, and not a multiple of anything.
    const base = { ...call(1501, 0.37), rates: { grid: 1e-3, linear: 1e-4 } };
    const [one, ...others] = [1, 2, 4].map((threads) => {
      const { timings, ...result } = withKernels(variant, () => passes.hexplaneForwardBackward({ ...base, threads }));
      expect(timings.length).toBe(2);
      return result;
    });
    for (const other of others) expect(other).toEqual(one);
  });

  it('takes one time for all points as the same time for each', () => {
    const single = passes.hexplaneForwardBackward(call(40, 0.25));
    const each = passes.hexplaneForwardBackward(call(40, new Float32Array(40).fill(0.25)));
    expect({ ...single, timings: 0 }).toEqual({ ...each, timings: 0 });
  });

  it('has the gradient that finite differences give', () => {
    const base = call(3, 0.4);
    const { parameterGradients, inputGradients } = passes.hexplaneForwardBackward(base);
    const functional = (changed: HexPlaneCall): number => {
      const { outputs } = passes.hexplaneForwardBackward(changed);
      const { positions, logScales, quats, opacityLogits, sh } = base.weights;
      return (
        dot(positions, outputs.positions) +
        dot(logScales, outputs.logScales) +
        dot(quats, outputs.quats) +
        dot(opacityLogits, outputs.opacityLogits) +
        dot(sh, outputs.sh)
      );
    };
    const mistakes: string[] = [];
    const compare = (what: string, gradient: Float32Array, at: number, value: (step: number) => HexPlaneCall): void => {
      const difference = (functional(value(STEP)) - functional(value(-STEP))) / (2 * STEP);
      const found = gradient[at] ?? NaN;
      const scale = Math.max(...gradient.map(Math.abs), 1);
      if (!(Math.abs(found - difference) <= 2e-2 * scale)) mistakes.push(`${what}[${at}]: ${found}, not ${difference}`);
    };
    for (const [name, gradient] of Object.entries(parameterGradients)) {
      const at = largest(gradient);
      compare(name, gradient, at, (step) => ({
        ...base,
        parameters: { ...base.parameters, [name]: shifted(base.parameters[name], at, step) },
      }));
    }
    const inside = base.inputs.positions.findIndex((x) => Math.abs(x) < 0.8);
    compare('positions', inputGradients.positions, inside, (step) => ({
      ...base,
      inputs: { ...base.inputs, positions: shifted(base.inputs.positions, inside, step) },
    }));
    expect(mistakes).toEqual([]);
  });

  it('moves nothing with all heads off, and passes gradients through', () => {
    const heads = { position: false, scale: false, rotation: false, opacity: false, sh: false };
    const base = call(33, 0.5, { heads });
    const { outputs, inputGradients } = passes.hexplaneForwardBackward(base);
    expect(outputs.positions).toEqual(base.inputs.positions);
    expect(outputs.sh).toEqual(base.inputs.sh);
    expect(inputGradients.positions).toEqual(base.weights.positions);
  });

  it('accepts no points and planes of a single cell', () => {
    expect(passes.hexplaneForwardBackward(call(0, 0)).outputs.positions).toEqual(new Float32Array(0));
    const flat = call(20, 0.5, { resolution: [1, 1, 1, 1], multires: [1] });
    const { outputs, inputGradients } = passes.hexplaneForwardBackward(flat);
    expect(outputs.positions.every(Number.isFinite)).toBe(true);
    expect(inputGradients.positions).toEqual(flat.weights.positions);
  });

  it('starts from the published distributions, the same for the same seed', () => {
    const start = passes.hexplaneInitialise({ config, seed: 3 });
    expect(start).toEqual(passes.hexplaneInitialise({ config, seed: 3 }));
    expect(start).not.toEqual(passes.hexplaneInitialise({ config, seed: 4 }));
    expect(Object.keys(start).sort()).toEqual([...hexPlaneShapes(config).keys()].sort());
    const within = (name: string, low: number, high: number): void => {
      const values = start[`deformation_net.${name}`] ?? new Float32Array();
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(values.every((x) => x >= low && x <= high)).toBe(true);
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThanOrEqual((high - low) / Math.sqrt(values.length));
    };
    within('grid.grids.1.3', 0.1, 0.5);
    within('grid.grids.1.5', 1, 1);
    const { width } = config;
    within('pos_deform.3.weight', -Math.sqrt(6 / (width + 3)), Math.sqrt(6 / (width + 3)));
    within('feature_out.0.bias', -1 / Math.sqrt(40), 1 / Math.sqrt(40));
  });

  it.each([
    [
      'a NaN',
      { positions: new Float32Array(9).fill(NaN) },
      'positions: value 0 of [3, 3] = 9 is nan, not a finite number',
    ],
    ['an infinity', { quats: new Float32Array(12).fill(Infinity) }, 'quats: value 0 of [3, 4] = 12 is inf'],
    ['a wrong length', { positions: new Float32Array(8) }, 'positions: expected [3, 3] = 9 values, got 8'],
  ])('names %s in its input', (_, changes, message) => {
    const base = call(3, 0);
    const bad = { ...base, inputs: { ...base.inputs, ...changes } };
    expect(() => passes.hexplaneForwardBackward(bad)).toThrow(message);
  });

  it('names what is wrong with a configuration or its weights', () => {
    const base = call(3, 0);
    const [first = ''] = Object.keys(base.parameters);
    const without = { ...base, parameters: { ...base.parameters, [first]: new Float32Array(1) } };
    expect(() => passes.hexplaneForwardBackward(without)).toThrow(
      `${first}: expected [1, 20, 5, 6] = 600 values, got 1`,
    );
    const mirrored = call(3, 0, { aabb: [config.aabb[1], config.aabb[0]] });
    expect(() => passes.hexplaneForwardBackward(mirrored)).toThrow('aabb: row 0 must be the maximum corner');
  });
});

const STEP = 1 / 512;

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);

const largest = (values: Float32Array): number =>
  values.reduce((best, x, i) => (Math.abs(x) > Math.abs(values[best] ?? 0) ? i : best), 0);

function shifted(values: Float32Array | undefined, at: number, step: number): Float32Array {
  const copy = Float32Array.from(values ?? []);
  copy[at] = (copy[at] ?? NaN) + step;
  return copy;
}
