import { expect, test } from 'vitest';
import { shBasis, shRotation } from './spherical-harmonics.ts';

/** The basis as the rasterisers of the field write it, with their rounded constants. */
function publishedBasis(x: number, y: number, z: number): number[] {
  const [xx, yy, zz] = [x * x, y * y, z * z];
  return [
    0.28209479,
    -0.48860251 * y,
    0.48860251 * z,
    -0.48860251 * x,
    1.09254843 * x * y,
    -1.09254843 * y * z,
    0.31539157 * (2 * zz - xx - yy),
    -1.09254843 * x * z,
    0.54627422 * (xx - yy),
    -0.59004359 * y * (3 * xx - yy),
    2.89061144 * x * y * z,
    -0.4570458 * y * (4 * zz - xx - yy),
    0.37317633 * z * (2 * zz - 3 * xx - 3 * yy),
    -0.4570458 * x * (4 * zz - xx - yy),
    1.44530572 * z * (xx - yy),
    -0.59004359 * x * (xx - 3 * yy),
  ];
}

const DIRECTIONS = [
  [0.6, -0.48, 0.64],
  [0, 0, 1],
  [-0.36, 0.48, -0.8],
  [1, 0, 0],
] as const;

test('the basis is the published one, cut at the degree', () => {
  for (const [x, y, z] of DIRECTIONS) {
    const expected = publishedBasis(x, y, z);
    shBasis(3, x, y, z).forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index] ?? NaN, 7);
    });
    expect(shBasis(1, x, y, z)).toEqual(shBasis(3, x, y, z).slice(0, 4));
  }
});

// A turn about an oblique axis and the one that PLY files bake.
const ROTATIONS = [
  [0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6],
  [1, 0, 0, 0, 0, -1, 0, 1, 0],
];

test.each(ROTATIONS)(
  'turned coefficients seen along the turned direction give the same colour %#',
  (...r: number[]) => {
    const at = (index: number): number => r[index] ?? NaN;
    const coefficients = Array.from({ length: 16 }, (_, k) => Math.sin(3 * k + 1));
    const matrix = shRotation(3, r);
    const turned = coefficients.map((_, row) =>
      coefficients.reduce((sum, value, column) => sum + (matrix[row * 16 + column] ?? NaN) * value, 0),
    );
    const colour = (c: readonly number[], x: number, y: number, z: number): number =>
      shBasis(3, x, y, z).reduce((sum, value, k) => sum + value * (c[k] ?? NaN), 0);
    for (const [x, y, z] of DIRECTIONS) {
      const [u, v, w] = [0, 3, 6].map((row) => at(row) * x + at(row + 1) * y + at(row + 2) * z);
      expect(colour(turned, u ?? NaN, v ?? NaN, w ?? NaN)).toBeCloseTo(colour(coefficients, x, y, z), 12);
    }
  },
);
