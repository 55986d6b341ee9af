// Marker splats written as PLY must arrive in other people's readers with their counts, places, shapes and colours.
import { PlyParser } from '@mkkellogg/gaussian-splats-3d';
import {
  createChunkDataPool,
  materializeToDataTable,
  MemoryReadFileSystem,
  readFile,
} from '@playcanvas/splat-transform';
import { GaussianSplatPLYLoader } from 'three/addons/loaders/GaussianSplatPLYLoader.js';
import { describe, expect, test } from 'vitest';
import { writePly, type PlyOptions } from '../../core/formats/ply.ts';
import { allocateGaussians } from '../../core/gaussians.ts';

interface Marker {
  readonly what: string;
  /** In the studio's world: x to the character's left, -y before its face, z up. */
  readonly at: readonly [number, number, number];
  readonly rgb: readonly [number, number, number];
  readonly opacity: number;
  /** Standard deviations along the world's axes. */
  readonly size: readonly [number, number, number];
}

const MARKERS: readonly Marker[] = [
  { what: 'red above the head', at: [0, 0, 1.8], rgb: [1, 0, 0], opacity: 0.9, size: [0.1, 0.1, 0.4] },
  { what: 'green at the left hand', at: [0.7, 0, 1.2], rgb: [0, 1, 0], opacity: 0.8, size: [0.5, 0.1, 0.1] },
  { what: 'blue before the face', at: [0, -0.5, 1.5], rgb: [0, 0, 1], opacity: 0.7, size: [0.1, 0.6, 0.1] },
];

/** Where (x, y, z) of the world goes with y down: x stays, up becomes -y, what is behind becomes +z. */
const yDown = ([x, y, z]: Marker['at']): [number, number, number] => [x, -z, y];

const SH_C0 = 0.28209479177387814;

function markers(options: PlyOptions): ArrayBuffer {
  const cloud = allocateGaussians(MARKERS.length, 3);
  MARKERS.forEach(({ at, rgb, opacity, size }, i) => {
    cloud.means.set(at, i * 3);
    cloud.logScales.set(size.map(Math.log), i * 3);
    cloud.quats.set([2, 0, 0, 0], i * 4);
    cloud.opacityLogits[i] = Math.log(opacity / (1 - opacity));
    cloud.sh.set(
      rgb.map((value) => (value - 0.5) / SH_C0),
      i * 48,
    );
    // Each of the 15 higher coefficients of each channel has a value of its own.
    for (let k = 3; k < 48; k++) cloud.sh[i * 48 + k] = 0.001 * k + 0.1 * i;
  });
  const bytes = writePly(cloud, options);
  return bytes.buffer as ArrayBuffer;
}

const LAYOUTS: PlyOptions[] = [
  { sh: 'dc', axes: 'y-down' },
  { sh: 'full', axes: 'y-down' },
  { sh: 'full', axes: 'z-up' },
];

const place = (marker: Marker, { axes }: PlyOptions): readonly number[] =>
  axes === 'y-down' ? yDown(marker.at) : marker.at;

const close = (values: readonly number[], digits = 5): unknown[] =>
  values.map((value) => expect.closeTo(value, digits) as unknown);

describe.each(LAYOUTS)('$sh, $axes', (layout) => {
  const file = markers(layout);

  test('splat-transform', async () => {
    const fileSystem = new MemoryReadFileSystem();
    fileSystem.set('a.ply', new Uint8Array(file));
    const [source] = await readFile({ filename: 'a.ply', inputFormat: 'ply', fileSystem });
    if (!source) throw new Error('nothing was read');
    const table = await materializeToDataTable(source, createChunkDataPool());
    expect(table.numRows).toBe(MARKERS.length);
    const row = (i: number, ...names: string[]): number[] => names.map((n) => table.getColumnByName(n)?.data[i] ?? NaN);
    MARKERS.forEach((marker, i) => {
      expect(row(i, 'x', 'y', 'z')).toEqual(close(place(marker, layout)));
      const colour = row(i, 'f_dc_0', 'f_dc_1', 'f_dc_2').map((value) => value * SH_C0 + 0.5);
      expect(colour).toEqual(close(marker.rgb));
      const [logit = NaN] = row(i, 'opacity');
      expect(1 / (1 + Math.exp(-logit))).toBeCloseTo(marker.opacity, 5);
      expect(row(i, 'scale_0', 'scale_1', 'scale_2').map(Math.exp)).toEqual(close(marker.size));
      if (layout.sh === 'full' && layout.axes === 'z-up') {
        // Channel-major: all of red, then all of green, then all of blue.
        const rest = row(i, 'f_rest_0', 'f_rest_14', 'f_rest_15', 'f_rest_44');
        expect(rest).toEqual(close([3, 45, 4, 47].map((k) => 0.001 * k + 0.1 * i)));
      }
    });
  });

  test('three.js', () => {
    const geometry = new GaussianSplatPLYLoader().parse(file);
    const [position, colour] = [geometry.getAttribute('position'), geometry.getAttribute('color')];
    const covariance = geometry.getAttribute('covariance').array;
    expect(position.count).toBe(MARKERS.length);
    MARKERS.forEach((marker, i) => {
      const part = (array: ArrayLike<number>, n: number): number[] => Array.from(array).slice(i * n, i * n + n);
      expect(part(position.array, 3)).toEqual(close(place(marker, layout)));
      const [red = 0, green = 0, blue = 0, alpha = 0] = part(colour.array, 4);
      expect([red, green, blue].map((value) => value > 127)).toEqual(marker.rgb.map((value) => value === 1));
      expect(alpha / 255).toBeCloseTo(marker.opacity, 2);
      // The long axis turned with the place: variances xx, yy, zz.
      const [x, y, z] = marker.size.map((size) => size * size) as [number, number, number];
      const [xx = 0, , , yy = 0, , zz = 0] = part(covariance, 6);
      expect([xx, yy, zz]).toEqual(close(layout.axes === 'y-down' ? [x, z, y] : [x, y, z]));
    });
  });

  test('GaussianSplats3D', () => {
    const { splatCount, splats } = PlyParser.parseToUncompressedSplatArray(file, 0);
    expect(splatCount).toBe(MARKERS.length);
    MARKERS.forEach((marker, i) => {
      const splat = splats[i] ?? [];
      expect(splat.slice(0, 3)).toEqual(close(place(marker, layout)));
      expect(splat.slice(3, 6)).toEqual(close(marker.size));
      expect(splat.slice(10, 13).map((value) => value > 127)).toEqual(marker.rgb.map((value) => value === 1));
      expect(Math.abs((splat[13] ?? 0) / 255 - marker.opacity)).toBeLessThan(0.01);
    });
  });
});
