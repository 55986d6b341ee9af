import { describe, expect, it } from 'vitest';
import type { Gaussians } from '../../core/gaussians.ts';
import { nativeAddon } from '../../native/addon/index.ts';
import { goldenError } from '../golden/golden.ts';
import { passes, VARIANTS, withKernels, type RenderCall } from '../golden/native-passes.ts';
import { splatGradients } from '../golden/raster-scene.ts';
import { seededRandom } from '../helpers/random.ts';
import { type CloudOptions, floats, randomCamera, randomCloud } from '../helpers/random-scene.ts';
import { renderReference, renderReferenceBackward } from '../reference/rasterize.ts';

/** A random scene with gradients for its three images. */
function randomCall(seed: number, width: number, height: number, cloud: CloudOptions): Required<RenderCall> {
  const random = seededRandom(seed);
  return {
    gaussians: randomCloud(random, cloud),
    camera: randomCamera(random, width, height),
    background: floats(random, 3, 0, 1),
    threads: 1,
    gradRgb: floats(random, 3 * width * height, -1, 1),
    gradAlpha: floats(random, width * height, -1, 1),
    gradDepth: floats(random, width * height, -1, 1),
  };
}

const run = (call: RenderCall) => {
  const { timings, ...result } = passes.renderGradients(call);
  expect(timings.length).toBe(5);
  return result;
};

/** In a pixel where a decision is closer than this, single and double precision may decide differently. */
const CLOSE = 2e-4;

/** The call with no gradient from pixels with a close decision, and which these are. */
function withoutCloseCalls(call: Required<RenderCall>): { call: Required<RenderCall>; close: boolean[] } {
  const pixels = call.camera.width * call.camera.height;
  const close = Array.from(renderReference(call).margin, (margin) => margin < CLOSE);
  const keep = (values: Float32Array): Float32Array => values.map((x, k) => (close[k % pixels] ? 0 : x));
  const { gradRgb, gradAlpha, gradDepth } = call;
  return {
    call: { ...call, gradRgb: keep(gradRgb), gradAlpha: keep(gradAlpha), gradDepth: keep(gradDepth) },
    close,
  };
}

interface Item {
  readonly what: string;
  readonly found: ArrayLike<number>;
  readonly expected: Float64Array;
  readonly tolerance: number;
  /** Numbers a row, for the error of single Gaussians. */
  readonly width: number;
}

const mistakesOf = (items: readonly Item[]): string[] =>
  items.flatMap(({ what, found, expected, tolerance, width }) => {
    const shape = [expected.length / width, width];
    const { rel_l2, row_rel } = goldenError(found, { shape, data: Float32Array.from(expected) });
    return rel_l2 <= tolerance && row_rel <= 100 * tolerance ? [] : [`${what}: ${rel_l2}, rows ${row_rel}`];
  });

function compareWithReference(original: Required<RenderCall>): void {
  const { call, close } = withoutCloseCalls(original);
  const pixels = close.length;
  expect(close.filter(Boolean).length).toBeLessThanOrEqual(0.1 * pixels);
  const images = renderReference(call);
  const { gradRgb: rgb, gradAlpha: alpha, gradDepth: depth } = call;
  const gradients = renderReferenceBackward(call, { rgb, alpha, depth });
  const native = passes.renderGradients(call);
  const seen = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (x, k) => (close[k % pixels] ? 0 : x));
  const image = (what: string, found: ArrayLike<number>, expected: Float64Array): Item => {
    return { what, found: seen(found), expected: seen(expected), tolerance: 1e-5, width: pixels };
  };
  const gradient = (what: string, found: ArrayLike<number>, expected: Float64Array): Item => {
    const width = expected.length / Math.max(1, call.gaussians.count);
    return { what, found, expected, tolerance: 2e-5, width };
  };
  expect(
    mistakesOf([
      image('rgb', native.rgb, images.rgb),
      image(
        'alpha',
        native.transmittance.map((t) => 1 - t),
        images.alpha,
      ),
      image('depth', native.depth, images.depth),
      gradient('means', native.means, gradients.means),
      gradient('logScales', native.logScales, gradients.logScales),
      gradient('quats', native.quats, gradients.quats),
      gradient('opacityLogits', native.opacityLogits, gradients.opacityLogits),
      gradient('sh', native.sh, gradients.sh),
      gradient('means2d', native.means2d, gradients.means2d),
      gradient('conics', splatGradients(native).conics, gradients.conics),
      gradient('colors', splatGradients(native).colors, gradients.colors),
    ]),
  ).toEqual([]);
}

describe.each(VARIANTS)('the native rasteriser against the reference, %s', (variant) => {
  it.each([
    ['17x31, degree 0', 17, 31, { count: 60, shDegree: 0 }],
    ['100x7, degree 1', 100, 7, { count: 50, shDegree: 1 }],
    ['16x16, degree 2', 16, 16, { count: 33, shDegree: 2 }],
    ['33x20, degree 3', 33, 20, { count: 70, shDegree: 3 }],
    ['7x100, degree 3', 7, 100, { count: 47, shDegree: 3 }],
    ['one pixel', 1, 1, { count: 20, shDegree: 3, scales: [0.2, 0.6] as const }],
    ['one Gaussian', 21, 13, { count: 1, shDegree: 3, size: 0.1, scales: [0.2, 0.3] as const }],
    ['many opaque layers', 20, 20, { count: 120, shDegree: 0, scales: [0.2, 0.5] as const, logits: [2, 9] as const }],
    // The camera is 3 away: half of these are behind it, some beside the picture, where the Jacobian is clamped.
    ['all around the camera', 40, 24, { count: 150, shDegree: 3, size: 6, scales: [0.05, 1] as const }],
  ])('%s', (_, width, height, cloud) => {
    withKernels(variant, () => {
      compareWithReference(randomCall(width * 1000 + height, width, height, cloud));
    });
  });

  it('gives the same bits on 1, 2 and 4 threads, and twice', () => {
    // More Gaussians than one piece of work, and more tiles.
    const call = randomCall(5, 150, 130, { count: 2500, shDegree: 3, size: 1.5 });
    withKernels(variant, () => {
      const [one, ...others] = [1, 1, 2, 4].map((threads) => run({ ...call, threads }));
      for (const other of others) expect(other).toEqual(one);
    });
  });

  it('is not changed by Gaussians that nobody sees', () => {
    const call = randomCall(6, 40, 30, { count: 100, shDegree: 2 });
    const { view } = call.camera;
    const hidden = randomCloud(seededRandom(7), { count: 37, shDegree: 2 });
    // Every second one far behind the camera, the others too faint for any pixel.
    for (let i = 0; i < hidden.count; i++) {
      const backward = i % 2 ? -5 : 0;
      for (let c = 0; c < 3; c++)
        hidden.means[i * 3 + c] = (hidden.means[i * 3 + c] ?? 0) + backward * (view[8 + c] ?? 0);
      if (i % 2 === 0) hidden.opacityLogits[i] = -7;
    }
    withKernels(variant, () => {
      const alone = run(call);
      const together = run({ ...call, gaussians: shuffledIn(call.gaussians, hidden) });
      expect(together.rgb).toEqual(alone.rgb);
      expect(together.depth).toEqual(alone.depth);
      for (const name of ['means', 'logScales', 'quats', 'opacityLogits', 'sh', 'means2d'] as const) {
        const width = alone[name].length / call.gaussians.count;
        const rows = (wanted: boolean): Float32Array =>
          together[name].filter((_, k) => isHidden(Math.floor(k / width), hidden.count) === wanted);
        expect(rows(false), name).toEqual(alone[name]);
        expect(new Set(rows(true).map(Math.abs)), name).toEqual(new Set([0]));
      }
    });
  });
});

/** Of a cloud that was shuffled in, Gaussian i is at place 2 i + 1. */
const isHidden = (place: number, hidden: number): boolean => place % 2 === 1 && place < 2 * hidden;

function shuffledIn(cloud: Gaussians, hidden: Gaussians): Gaussians {
  const count = cloud.count + hidden.count;
  const merge = (name: 'means' | 'logScales' | 'quats' | 'opacityLogits' | 'sh'): Float32Array => {
    const width = cloud[name].length / cloud.count;
    const [ours, theirs] = [cloud[name].values(), hidden[name].values()];
    return Float32Array.from({ length: count * width }, (_, k) => {
      const source = isHidden(Math.floor(k / width), hidden.count) ? theirs : ours;
      return source.next().value ?? NaN;
    });
  };
  return {
    count,
    shDegree: cloud.shDegree,
    means: merge('means'),
    logScales: merge('logScales'),
    quats: merge('quats'),
    opacityLogits: merge('opacityLogits'),
    sh: merge('sh'),
  };
}

describe('the native rasteriser', () => {
  it.each([0, 1, 2, 3])('shows the background without Gaussians, degree %d', (shDegree) => {
    const call = randomCall(8, 19, 11, { count: 0, shDegree });
    const { rgb, transmittance, depth, means, sh } = run(call);
    const pixels = 19 * 11;
    expect(rgb).toEqual(
      Float32Array.from({ length: 3 * pixels }, (_, k) => call.background[Math.floor(k / pixels)] ?? NaN),
    );
    expect(new Set(transmittance)).toEqual(new Set([1]));
    expect(new Set(depth)).toEqual(new Set([0]));
    expect([means.length, sh.length]).toEqual([0, 0]);
  });

  it('draws Gaussians of one depth in the order of their indices', () => {
    const call = randomCall(9, 16, 16, { count: 2, shDegree: 0, scales: [0.5, 0.6], logits: [3, 3.1], sh: [0, 0] });
    const { gaussians, camera } = call;
    gaussians.means.fill(0);
    gaussians.sh.set([1, 0, 0, 0, 0, 1]);
    const centre = 8 * camera.width + 8;
    const red = run(call).rgb[centre] ?? NaN;
    gaussians.sh.set([0, 0, 1, 1, 0, 0]);
    expect(red).toBeGreaterThan(run(call).rgb[centre] ?? NaN);
  });

  it('renders what it renders in floats, rounded', async () => {
    const call = randomCall(10, 37, 22, { count: 80, shDegree: 1 });
    const pixels = await passes.render({ ...call, threads: 2 });
    const { rgb } = run(call);
    const plane = 37 * 22;
    expect(pixels).toEqual(
      Uint8Array.from({ length: 3 * plane }, (_, k) => {
        const value = rgb[(k % 3) * plane + Math.floor(k / 3)] ?? NaN;
        return Math.floor(Math.fround(Math.fround(Math.min(Math.max(value, 0), 1) * 255) + 0.5));
      }),
    );
  });
});

it('a picture with its opacity is the picture, and what the background does not show through', async () => {
  const call = randomCall(11, 37, 29, { count: 40, shDegree: 1 });
  const { rgb, alpha } = await nativeAddon().renderWithAlpha(call);
  expect(rgb).toEqual(await nativeAddon().render(call));
  const toByte = (value: number): number => Math.floor(Math.fround(Math.fround(value * 255) + 0.5));
  expect(alpha).toEqual(Uint8Array.from(run(call).transmittance, (through) => toByte(Math.fround(1 - through))));
});
