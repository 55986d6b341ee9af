import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { allocateGaussians, type Gaussians } from '../gaussians.ts';
import { readPly, writePly } from './ply.ts';

/** Gaussians with all numbers different, so that nothing can be mistaken for anything else. */
function sample(count: number, shDegree: number): Gaussians {
  const cloud = allocateGaussians(count, shDegree);
  let next = 0;
  for (const values of [cloud.means, cloud.logScales, cloud.opacityLogits, cloud.sh]) {
    values.forEach((_, i) => (values[i] = Math.sin(++next)));
  }
  for (let i = 0; i < count; i++) cloud.quats.set([0.5, -0.5, 0.5, 0.5], i * 4);
  return cloud;
}

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 2000));

test('the lean layout has 14 floats a Gaussian, the full one 62', () => {
  const header = text(writePly(sample(2, 1), { sh: 'dc', axes: 'y-down' }));
  expect(header).toMatch(/^ply\nformat binary_little_endian 1\.0\ncomment Vertical axis: y\n/);
  const lean = writePly(sample(2, 1), { sh: 'dc', axes: 'y-down' });
  expect(lean.length - (header.indexOf('end_header\n') + 11)).toBe(2 * 14 * 4);
  const full = writePly(sample(2, 1), { sh: 'full', axes: 'z-up' });
  expect(full.length - (text(full).indexOf('end_header\n') + 11)).toBe(2 * 62 * 4);
  expect(text(full)).toContain('Vertical axis: z');
});

test.each([0, 1, 2, 3])('the full layout keeps SH of degree %i and fills the rest with zeros', (degree) => {
  const cloud = sample(3, degree);
  const back = readPly(writePly(cloud, { sh: 'full', axes: 'z-up' }));
  const k = (degree + 1) ** 2;
  const sh = new Float32Array(3 * 16 * 3);
  for (let i = 0; i < 3; i++) sh.set(cloud.sh.subarray(i * k * 3, (i + 1) * k * 3), i * 48);
  expect(back).toEqual({ ...cloud, shDegree: 3, sh });
});

test('the lean layout keeps the colour from all sides', () => {
  const cloud = sample(2, 2);
  const back = readPly(writePly(cloud, { sh: 'dc', axes: 'z-up' }));
  expect(back.shDegree).toBe(0);
  expect([...back.sh]).toEqual([...cloud.sh.subarray(0, 3), ...cloud.sh.subarray(27, 30)]);
});

test('y down: a marker above the head, at the left hand, before the face goes where splat tools expect it', () => {
  const cloud = sample(1, 0);
  cloud.means.set([1, -2, 3]); // left, front, up
  cloud.quats.set([2, 0, 0, 0]);
  const back = readPly(writePly(cloud, { sh: 'dc', axes: 'y-down' }));
  expect([...back.means]).toEqual([1, -3, -2].map((value) => expect.closeTo(value, 6) as number));
  // The long axis of a Gaussian that lies along its own y now lies along z.
  expect([...back.quats]).toEqual([Math.SQRT1_2, Math.SQRT1_2, 0, 0].map((v) => expect.closeTo(v, 6) as number));
});

test('quaternions are written normalised', () => {
  const cloud = sample(1, 0);
  cloud.quats.set([0, 3, 0, 4]);
  const { quats } = readPly(writePly(cloud, { sh: 'dc', axes: 'z-up' }));
  expect([...quats]).toEqual([0, 0.6, 0, 0.8].map(Math.fround));
});

test.each(['means', 'logScales', 'quats', 'opacityLogits', 'sh'] as const)('no NaN in %s is written', (field) => {
  const cloud = sample(3, 1);
  cloud[field][cloud[field].length - 1] = NaN;
  expect(() => writePly(cloud, { sh: 'full', axes: 'y-down' })).toThrow(/of Gaussian 2 is not finite/);
});

/** A PLY file with the given property types and one row of ones. */
function plyOf(properties: readonly (readonly [string, string])[], rows = 1): Uint8Array {
  const list = properties.map(([type, name]) => `property ${type} ${name}\n`).join('');
  const header = new TextEncoder().encode(
    `ply\nformat binary_little_endian 1.0\nelement vertex ${rows}\n${list}end_header\n`,
  );
  const stride = properties.reduce((sum, [type]) => sum + (type === 'double' ? 8 : type === 'uchar' ? 1 : 4), 0);
  const bytes = new Uint8Array(header.length + stride);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let at = header.length;
  properties.forEach(([type], index) => {
    if (type === 'double') view.setFloat64(at, index, true);
    else if (type === 'uchar') view.setUint8(at, 255);
    else view.setFloat32(at, index, true);
    at += type === 'double' ? 8 : type === 'uchar' ? 1 : 4;
  });
  return bytes;
}

const REQUIRED = ['x', 'y', 'z', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity', 'scale_0', 'scale_1', 'scale_2'].concat([
  'rot_0',
  'rot_1',
  'rot_2',
  'rot_3',
]);

test('properties may come in any order, as floats or doubles, with others between them', () => {
  const shuffled = [...REQUIRED].reverse().map((name, i) => [i % 2 ? 'double' : 'float', name] as const);
  const cloud = readPly(plyOf([['uchar', 'red'], ...shuffled]));
  expect([...cloud.means]).toEqual([14, 13, 12]);
  expect([...cloud.quats]).toEqual([4, 3, 2, 1]);
});

test.each<[string, Uint8Array, RegExp]>([
  ['no PLY at all', new TextEncoder().encode('solid stl'), /^a\.ply is no PLY file/],
  ['a header without an end', new TextEncoder().encode('ply\nformat ascii 1.0\n'), /no complete header/],
  [
    'text',
    new TextEncoder().encode('ply\nformat ascii 1.0\nelement vertex 0\nend_header\n'),
    /not binary little-endian/,
  ],
  ['a mesh', plyOf([['float', 'x']]), /has no property y/],
  ['integers', plyOf(REQUIRED.map((name) => ['int', name])), /stores x as int/],
  [
    'more rows than bytes',
    plyOf(
      REQUIRED.map((name) => ['float', name]),
      999_999_999_999,
    ),
    /is cut off/,
  ],
  ['rows without bytes', plyOf([], 999_999_999_999), /has no property x/],
  ['a list', plyOf([['list uchar int', 'vertex_indices']]), /unknown property/],
  ['a property twice', plyOf([...REQUIRED, 'x'].map((name) => ['float', name])), /"x" twice/],
  ['odd harmonics', plyOf([...REQUIRED, 'f_rest_0'].map((name) => ['float', name])), /has 1 f_rest/],
])('refused: %s', (_, bytes, message) => {
  expect(() => readPly(bytes, 'a.ply')).toThrow(message);
  expect(() => readPly(bytes, 'a.ply')).toThrow(AppError);
});

test('NaN is reported with file, field and row', () => {
  const bytes = writePly(sample(3, 0), { sh: 'dc', axes: 'z-up' });
  new DataView(bytes.buffer).setFloat32(bytes.length - 4, NaN, true);
  expect(() => readPly(bytes, 'frame_00001.ply')).toThrow(/frame_00001\.ply .*rot_3 in row 2/);
});
