import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/helpers/random.ts';
import type { NodeDeformation } from '../deformation/deformation.ts';
import { deformByNodes } from '../deformation/nodes.ts';
import { allocateGaussians, type Gaussians } from '../gaussians.ts';
import { fromHalf, packHalves, toHalf } from './half-float.ts';
import {
  allocateWords,
  harmonicWords,
  packHarmonics,
  packPoses,
  packShapes,
  paddedLength,
  POSE_WORDS,
} from './packed-gaussians.ts';
import { poseByNodes } from './pose-by-nodes.ts';

const random = seededRandom(7);
const fill = (values: Float32Array, spread: number): void => {
  for (let i = 0; i < values.length; i++) values[i] = (random() - 0.5) * spread;
};

function cloud(count: number, shDegree: number): Gaussians {
  const gaussians = allocateGaussians(count, shDegree);
  const { means, logScales, quats, opacityLogits, sh } = gaussians;
  [means, logScales, quats, opacityLogits, sh].forEach((values) => {
    fill(values, 3);
  });
  return gaussians;
}

describe('half floats', () => {
  it.each([0, 1, -1, 0.5, 0.1, -3.14159, 65504, 6.2e-5, 1 / 3])('%d is kept to 11 bits', (value) => {
    expect(Math.abs(fromHalf(toHalf(value)) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11);
  });

  it('overflows to infinity, and forgets what is too small', () => {
    expect([fromHalf(toHalf(1e6)), fromHalf(toHalf(-1e6)), fromHalf(toHalf(1e-6))]).toEqual([Infinity, -Infinity, 0]);
  });

  it('two go into a word, the first below', () => {
    expect(packHalves(1, -2)).toBe(0xc0003c00);
  });
});

describe('packed Gaussians', () => {
  it('shapes are standard deviations and opacities', () => {
    const gaussians = cloud(3, 0);
    const out = new Float32Array(paddedLength(3, 4));
    packShapes(gaussians, out);
    for (let i = 0; i < 3; i++) {
      expect(out[i * 4 + 2]).toBeCloseTo(Math.exp(gaussians.logScales[i * 3 + 2] ?? NaN), 5);
      expect(out[i * 4 + 3]).toBeCloseTo(1 / (1 + Math.exp(-(gaussians.opacityLogits[i] ?? NaN))), 5);
    }
  });

  it('absurd scales stay finite', () => {
    const gaussians = allocateGaussians(1, 0);
    gaussians.logScales.fill(1000);
    const out = new Float32Array(4);
    packShapes(gaussians, out);
    expect(out.every(Number.isFinite)).toBe(true);
  });

  it.each([1, 2, 3])('harmonics of degree %d follow each other from degree 1 on', (degree) => {
    const gaussians = cloud(2, degree);
    const words = harmonicWords(degree);
    const out = new Uint32Array(words * 2);
    packHarmonics(gaussians, out);
    const numbers = ((degree + 1) ** 2 - 1) * 3;
    for (let k = 0; k < numbers; k++) {
      const word = out[words + (k >> 1)] ?? 0;
      const value = fromHalf(k % 2 ? word >>> 16 : word & 0xffff);
      expect(value).toBeCloseTo(gaussians.sh[numbers + 3 + 3 + k] ?? NaN, 2);
    }
  });
});

describe('posing by nodes', () => {
  it('gives what deforming and packing give, at frames and between', () => {
    const gaussians = cloud(50, 1);
    const [frames, m] = [4, 6];
    const deformation: NodeDeformation = {
      kind: 'nodes',
      frames,
      nodes: new Float32Array(m * 3),
      rotations: new Float32Array(frames * m * 4),
      translations: new Float32Array(frames * m * 3),
      colours: new Float32Array(frames * m * 3),
      neighbours: Int32Array.from({ length: 200 }, () => Math.floor(random() * m)),
      weights: new Float32Array(200).fill(0.25),
    };
    fill(deformation.nodes, 2);
    fill(deformation.rotations, 2);
    fill(deformation.translations, 1);
    fill(deformation.colours, 0.2);
    for (const time of [0, 0.4, 1]) {
      const length = paddedLength(50, POSE_WORDS);
      const [expected, got] = [allocateWords(length), allocateWords(length)];
      packPoses(deformByNodes(gaussians, deformation, time), expected);
      poseByNodes(gaussians, deformation, time, got);
      for (let i = 0; i < 50 * POSE_WORDS; i++) {
        // Words 3 and 7 of each row are colours in halves.
        if (i % 4 === 3) expect(Math.abs((got.words[i] ?? 0) - (expected.words[i] ?? 0)) & 0xfffe).toBe(0);
        else expect(got.floats[i]).toBeCloseTo(expected.floats[i] ?? NaN, 5);
      }
    }
  });

  it('the packed rotation turns as the quaternion does, whatever its length and sign', () => {
    const gaussians = allocateGaussians(1, 0);
    gaussians.quats.set([-2, 0, 2, 0]);
    const out = allocateWords(paddedLength(1, POSE_WORDS));
    packPoses(gaussians, out);
    const [x = 0, y = 0, z = 0] = out.floats.subarray(4, 7);
    expect([x, y, z].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-0, -0.7071, -0]);
  });
});
