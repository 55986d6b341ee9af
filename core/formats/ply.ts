import { AppError } from '../errors.ts';
import { allocateGaussians, shCoefficients, type Gaussians } from '../gaussians.ts';
import type { Quaternion } from '../quaternion.ts';
import { rotateGaussians } from '../rotate-gaussians.ts';
import { columnOf, parsePlyHeader, readColumn } from './ply-header.ts';

/**
 * The turn from the studio's world (z up, the character faces -y) to the one splat tools expect (y down as in COLMAP,
 * the character faces -z, that is, a camera looking forward along +z): (x, y, z) -> (x, -z, y), a quarter turn about
 * x. It mirrors nothing: the character's left stays at +x.
 */
export const Z_UP_TO_Y_DOWN: Quaternion = [Math.SQRT1_2, Math.SQRT1_2, 0, 0];

export interface PlyOptions {
  /** `dc`: 14 numbers a Gaussian, one colour from all sides. `full`: 62, with normals and SH of degree 3. */
  readonly sh: 'dc' | 'full';
  /** The vertical axis of the file; the Gaussians given are always z up. */
  readonly axes: 'y-down' | 'z-up';
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** SH coefficients above degree 0 in the `full` layout. */
const FULL_REST = 15;

const REQUIRED = ['x', 'y', 'z', ...names('f_dc_', 3), 'opacity', ...names('scale_', 3), ...names('rot_', 4)];

/**
 * One Gaussian cloud as a PLY file in the INRIA layout, binary little-endian float32. With `full`, the SH degrees the
 * cloud lacks are zero. Throws an `AppError` naming the Gaussian and the field when a number is not finite.
 */
export function writePly(gaussians: Gaussians, { sh, axes }: PlyOptions): Uint8Array {
  checkFinite(gaussians);
  const { count, shDegree, ...cloud } = axes === 'y-down' ? rotateGaussians(gaussians, Z_UP_TO_Y_DOWN) : gaussians;
  const rest = sh === 'full' ? FULL_REST : 0;
  const properties = [
    ...['x', 'y', 'z', ...(sh === 'full' ? ['nx', 'ny', 'nz'] : [])],
    ...[...names('f_dc_', 3), ...names('f_rest_', rest * 3), 'opacity', ...names('scale_', 3), ...names('rot_', 4)],
  ];
  const header = new TextEncoder().encode(headerText(count, properties, axes));
  const table = new Float32Array(count * properties.length);
  const [dcAt, restAt] = [properties.indexOf('f_dc_0'), properties.indexOf('f_rest_0')];
  const opacityAt = properties.indexOf('opacity');
  const k = shCoefficients(shDegree);

  for (let i = 0; i < count; i++) {
    const row = table.subarray(i * properties.length, (i + 1) * properties.length);
    row.set(cloud.means.subarray(i * 3, i * 3 + 3));
    const colours = cloud.sh.subarray(i * k * 3, (i + 1) * k * 3);
    row.set(colours.subarray(0, 3), dcAt);
    for (let coefficient = 1; coefficient < Math.min(k, rest + 1); coefficient++) {
      for (let channel = 0; channel < 3; channel++) {
        row[restAt + channel * rest + coefficient - 1] = colours[coefficient * 3 + channel] ?? 0;
      }
    }
    row[opacityAt] = cloud.opacityLogits[i] ?? 0;
    row.set(cloud.logScales.subarray(i * 3, i * 3 + 3), opacityAt + 1);
    row.set(normalised(cloud.quats.subarray(i * 4, i * 4 + 4), i), opacityAt + 4);
  }

  const file = new Uint8Array(header.length + table.byteLength);
  file.set(header);
  file.set(new Uint8Array(table.buffer), header.length); // the machines the studio runs on are little-endian
  return file;
}

/**
 * Reads a Gaussian cloud from a PLY file, in the axes of the file: any order of properties, float or double, SH of
 * degree 0 to 3, further properties ignored. `name` stands for the file in errors, which say field and row.
 */
export function readPly(bytes: Uint8Array, name = 'The PLY file'): Gaussians {
  const header = parsePlyHeader(bytes, name);
  const rest = [...header.properties.keys()].filter((property) => /^f_rest_\d+$/.test(property)).length;
  const shDegree = [0, 9, 24, 45].indexOf(rest);
  if (shDegree < 0) {
    throw new AppError('bad-input', `${name} has ${rest} f_rest properties; export it with 0, 9, 24 or 45 of them.`);
  }
  // Before anything is allocated: only a file whose rows hold all the numbers may cost memory.
  for (const property of [...REQUIRED, ...names('f_rest_', rest)]) columnOf(header, property, name);
  const gaussians = allocateGaussians(header.count, shDegree);
  const k = shCoefficients(shDegree);
  const fill = (target: Float32Array, stride: number, offset: number, property: string): void => {
    readColumn(bytes, header, property, name, (row, value) => {
      target[row * stride + offset] = value;
    });
  };
  ['x', 'y', 'z'].forEach((property, axis) => {
    fill(gaussians.means, 3, axis, property);
  });
  names('scale_', 3).forEach((property, axis) => {
    fill(gaussians.logScales, 3, axis, property);
  });
  names('rot_', 4).forEach((property, axis) => {
    fill(gaussians.quats, 4, axis, property);
  });
  fill(gaussians.opacityLogits, 1, 0, 'opacity');
  names('f_dc_', 3).forEach((property, channel) => {
    fill(gaussians.sh, k * 3, channel, property);
  });
  names('f_rest_', rest).forEach((property, index) => {
    const [channel, coefficient] = [Math.floor(index / (k - 1)), (index % (k - 1)) + 1];
    fill(gaussians.sh, k * 3, coefficient * 3 + channel, property);
  });
  return gaussians;
}

function headerText(count: number, properties: readonly string[], axes: PlyOptions['axes']): string {
  return [
    'ply',
    'format binary_little_endian 1.0',
    // Brush and splat-transform read these two.
    `comment Vertical axis: ${axes === 'y-down' ? 'y' : 'z'}`,
    'comment SplatRenderMode: default',
    `element vertex ${count}`,
    ...properties.map((property) => `property float ${property}`),
    'end_header\n',
  ].join('\n');
}

function normalised(quat: Float32Array, gaussian: number): number[] {
  const length = Math.hypot(...quat);
  if (length === 0) throw refused(gaussian, 'rotation', 'zero');
  return Array.from(quat, (value) => value / length);
}

function checkFinite(gaussians: Gaussians): void {
  const fields = [
    ['position', gaussians.means],
    ['scale', gaussians.logScales],
    ['rotation', gaussians.quats],
    ['opacity', gaussians.opacityLogits],
    ['colour', gaussians.sh],
  ] as const;
  for (const [field, values] of fields) {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw refused(Math.floor(bad / (values.length / gaussians.count)), field, 'not finite');
  }
}

const refused = (gaussian: number, field: string, what: string): AppError =>
  new AppError('bad-input', `The ${field} of Gaussian ${gaussian} is ${what}; optimise the scene again to export it.`);
