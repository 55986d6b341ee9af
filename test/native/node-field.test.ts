import { describe, expect, it } from 'vitest';
import { deformByNodes } from '../../core/deformation/nodes.ts';
import { frameTime } from '../../core/frame-time.ts';
import { passes, VARIANTS, withKernels, type NodeCall } from '../golden/native-passes.ts';
import { gradientMistakes } from '../helpers/differences.ts';
import { seededRandom } from '../helpers/random.ts';
import { floats, randomCloud } from '../helpers/random-scene.ts';
import { blendReference, blendWeights, regulariserReference } from '../reference/node-field.ts';

/** A moving field: rotations up to some 40 degrees about the identity. */
function randomField(gaussians: number, count: number, frames: number, frame: number): NodeCall {
  const random = seededRandom(gaussians + 10 * count + frame);
  const rotations = floats(random, frames * count * 4, -0.3, 0.3);
  for (let k = 0; k < rotations.length; k += 4) rotations[k] = (rotations[k] ?? 0) + 1;
  return {
    gaussians: randomCloud(random, { count: gaussians, shDegree: 1 }),
    count,
    frames,
    frame,
    threads: 1,
    nodes: floats(random, count * 3, -1, 1),
    rotations,
    translations: floats(random, frames * count * 3, -0.4, 0.4),
    colours: floats(random, frames * count * 3, -0.2, 0.2),
    neighbours: Int32Array.from({ length: gaussians * 4 }, () => Math.floor(random() * count)),
    logits: floats(random, gaussians * 4, -2, 1),
  };
}

const outputGradients = (count: number) => {
  const random = seededRandom(3);
  return {
    gradMeans: floats(random, count * 3, -1, 1),
    gradQuats: floats(random, count * 4, -1, 1),
    gradColours: floats(random, count * 3, -1, 1),
  };
};

const NODE_TENSORS = ['rotations', 'translations', 'colours'] as const;

describe.each(VARIANTS)('the native node deformation, %s', (variant) => {
  it.each([0, 1, 2])('gives what the viewer shows at frame %d', (frame) => {
    const call = randomField(203, 9, 3, frame);
    const native = withKernels(variant, () => passes.nodeBlend({ ...call, ...outputGradients(203) }));
    const { nodes, rotations, translations, colours, neighbours, frames } = call;
    const weights = Float32Array.from(
      call.logits,
      (_, k) => blendWeights(call.logits, Math.floor(k / 4))[k % 4] ?? NaN,
    );
    const field = { kind: 'nodes', frames, nodes, rotations, translations, colours, neighbours, weights } as const;
    const shown = deformByNodes(call.gaussians, field, frameTime(frame, frames));
    const largest = (a: Float32Array, b: Float32Array): number =>
      a.reduce((most, x, k) => Math.max(most, Math.abs(x - (b[k] ?? NaN))), 0);
    expect(largest(native.means, shown.means)).toBeLessThan(2e-6);
    expect(largest(native.quats, shown.quats)).toBeLessThan(1e-6);
    expect(native.logScales).toEqual(shown.logScales);
    const perGaussian = shown.sh.length / call.gaussians.count;
    const moved = native.colours.map((_, k) => {
      const at = Math.floor(k / 3) * perGaussian + (k % 3);
      return ((shown.sh[at] ?? NaN) - (call.gaussians.sh[at] ?? NaN)) * 0.28209479177387814;
    });
    expect(largest(native.colours, moved)).toBeLessThan(1e-6);
  });

  it('has the gradient that finite differences give', () => {
    const call = { ...randomField(11, 6, 2, 1), ...outputGradients(11) };
    const { gradients } = withKernels(variant, () => passes.nodeBlend(call));
    const dot = (a: readonly number[], b: Float32Array, index: number): number =>
      a.reduce((sum, x, k) => sum + x * (b[index * a.length + k] ?? NaN), 0);
    const value = (): number => {
      let total = 0;
      for (let i = 0; i < call.gaussians.count; i++) {
        const { mean, quat, colour } = blendReference(call, i);
        total += dot(mean, call.gradMeans, i) + dot(quat, call.gradQuats, i) + dot(colour, call.gradColours, i);
      }
      return total;
    };
    expect([
      ...gradientMistakes('means', call.gaussians.means, gradients.means, value),
      ...gradientMistakes('quats', call.gaussians.quats, gradients.quats, value),
      ...gradientMistakes('logits', call.logits, gradients.logits, value),
      ...NODE_TENSORS.flatMap((name) => gradientMistakes(name, call[name], gradients[name], value)),
    ]).toEqual([]);
  });

  it('gives the same bits on 1, 2 and 4 threads', () => {
    const call = { ...randomField(3001, 70, 2, 1), ...outputGradients(3001) };
    const [one, ...others] = [1, 2, 4].map((threads) =>
      withKernels(variant, () => passes.nodeBlend({ ...call, threads })),
    );
    for (const other of others) expect(other).toEqual(one);
  });
});

describe('the native node regularisers', () => {
  const all = { rigidity: 0.7, rotationSmooth: 0.4, acceleration: 0.9, colorSmooth: 0.6 };
  const weightSets = [
    ...Object.entries(all).map(([name, weight]) => [name, { [name]: weight }] as const),
    ['all together', all] as const,
  ];

  it.each(weightSets)('%s', (_, weights) => {
    const mistakes = [
      // Inside the window, at both of its ends, and in a window of one frame.
      { frame: 2, low: 0, high: 4 },
      { frame: 0, low: 0, high: 4 },
      { frame: 3, low: 1, high: 3 },
      { frame: 2, low: 2, high: 2 },
    ].flatMap(({ frame, low, high }) => {
      const call = randomField(1, 13, 5, frame);
      const { value, gradients } = passes.nodeRegularise({ ...call, low, high, weights });
      const expected = regulariserReference(call, low, high, weights);
      // Only the frame's own numbers get gradients: its neighbours get theirs when their turn comes.
      const part = (name: (typeof NODE_TENSORS)[number]) => {
        const size = call[name].length / call.frames;
        const range = [frame * size, (frame + 1) * size] as const;
        const elsewhere = gradients[name].filter((g, k) => g !== 0 && (k < range[0] || k >= range[1]));
        expect(elsewhere.length, name).toBe(0);
        return [call[name].subarray(...range), gradients[name].subarray(...range)] as const;
      };
      return [
        ...(Math.abs(value - expected()) <= 1e-5 * Math.abs(expected()) ? [] : [`value: ${value}, not ${expected()}`]),
        ...NODE_TENSORS.flatMap((name) => {
          const [parameters, gradient] = part(name);
          return gradientMistakes(`${name} at ${frame} of ${low}..${high}`, parameters, gradient, expected);
        }),
      ];
    });
    expect(mistakes).toEqual([]);
  });

  it('let a field at rest rest', () => {
    const call = randomField(1, 13, 3, 1);
    call.rotations.forEach((_, k) => (call.rotations[k] = k % 4 === 0 ? 1 : 0));
    call.translations.fill(0.25);
    call.colours.fill(0);
    const { value, gradients } = passes.nodeRegularise({ ...call, low: 0, high: 2, weights: all });
    expect(value).toBeLessThan(1e-12);
    for (const name of NODE_TENSORS) expect(Math.max(...gradients[name].map(Math.abs)), name).toBeLessThan(1e-6);
  });

  it('serve a single node', () => {
    const call = randomField(1, 1, 3, 1);
    const { value } = passes.nodeRegularise({ ...call, low: 0, high: 2, weights: all });
    expect(value / regulariserReference(call, 0, 2, all)()).toBeCloseTo(1, 5);
  });
});
