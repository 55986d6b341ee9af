import { describe, expect, it } from 'vitest';
import { ringCameras } from '../../../core/ring.ts';
import { floatTensor } from '../../onnx/tensor.ts';
import { floatsOf } from '../pipeline/floats.ts';
import { inspectRays } from './inspect-rays.ts';
import { ASSUMED_RAYS, canvasCamera, rayEmbedding, type RayConvention } from './ray-embedding.ts';

const [first, , , fourth] = ringCameras(64);
if (!first || !fourth) throw new Error('the ring is empty');
const [width, height] = [36, 24];

const embed = (camera: typeof first, convention: RayConvention, scale = 1) => {
  const rays = rayEmbedding(canvasCamera(camera, width, height, convention.field), first, convention);
  const momentsAt = convention.order === 'moment, direction' ? 0 : 3;
  const values = floatsOf(rays).map((x, i) => {
    const channel = Math.floor(i / (width * height));
    return channel >= momentsAt && channel < momentsAt + 3 ? x * scale : x;
  });
  return floatTensor(values, rays.dims);
};

describe('the inspection of ray embeddings', () => {
  it.each<Partial<RayConvention>>([
    {},
    { order: 'direction, moment' },
    { moment: 'd x o' },
    { frame: 'first camera' },
    { direction: 'forward 1' },
    { field: 'width' },
    { order: 'direction, moment', moment: 'd x o', frame: 'first camera', direction: 'forward 1', field: 'width' },
  ])('names the convention that differs by %j', (difference) => {
    const convention = { ...ASSUMED_RAYS, ...difference };
    const [best, second] = inspectRays(embed(fourth, convention), fourth, first).matches;
    expect(best?.convention).toEqual(convention);
    expect(best?.directionError).toBeLessThan(1e-6);
    expect(best?.momentError).toBeLessThan(1e-6);
    expect(best?.momentScale).toBeCloseTo(1, 6);
    const { directionError = NaN, momentError = NaN, momentScale = NaN } = second ?? {};
    expect(directionError + momentError + Math.abs(momentScale - 1)).toBeGreaterThan(0.01);
  });

  it('finds a world of another size', () => {
    const [best] = inspectRays(embed(fourth, ASSUMED_RAYS, 0.4), fourth, first).matches;
    expect(best?.convention).toEqual(ASSUMED_RAYS);
    expect(best?.momentScale).toBeCloseTo(0.4, 6);
  });

  it('says what the numbers show of themselves', () => {
    const report = inspectRays(embed(first, ASSUMED_RAYS), first, first);
    expect(report.lengths[1]?.least).toBeCloseTo(1, 6);
    expect(report.lengths[1]?.most).toBeCloseTo(1, 6);
    expect(report.lengths[0]?.most).toBeGreaterThan(1.5);
    expect(report.worstProduct).toBeLessThan(1e-6);
    // View 0 stands on the axis x = 0: its rays mirror in x.
    expect(report.symmetry.slice(3)).toEqual([-1, 1, 1]);
  });

  it('shows that random numbers follow no convention', () => {
    const noise = Float32Array.from({ length: 6 * width * height }, (_, i) => Math.sin(i * i));
    const report = inspectRays(floatTensor(noise, [6, height, width]), fourth, first);
    expect(report.worstProduct).toBeGreaterThan(0.5);
    expect(report.matches[0]?.directionError).toBeGreaterThan(0.3);
    expect(report.symmetry).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('refuses other tensors', () => {
    expect(() => inspectRays(floatTensor([1, 2, 3], [3, 1, 1]), first, first)).toThrow(/no ray embedding/);
    const rays = floatTensor(new Float32Array(6).fill(NaN), [6, 1, 1]);
    expect(() => inspectRays(rays, first, first)).toThrow(/no ray embedding/);
  });
});
