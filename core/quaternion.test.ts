import { describe, expect, it } from 'vitest';
import {
  aboutAxis,
  between,
  blend,
  conjugate,
  fromAxes,
  limited,
  multiply,
  rotate,
  rotationMatrix,
  towards,
  type Quaternion,
} from './quaternion.ts';
import { cross, dot, normalize, type Vector } from './vector.ts';

const close = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(actual[k]).toBeCloseTo(value, 10);
};

const axis: Vector = [1, -2, 0.5];
const turn = aboutAxis(axis, 1.1);

describe('rotations', () => {
  it('turn counter-clockwise about their axis', () => {
    close(rotate(aboutAxis([0, 0, 1], Math.PI / 2), [1, 0, 0]), [0, 1, 0]);
    close(rotate(turn, normalize(axis)), normalize(axis));
  });

  it('multiply: the right one comes first', () => {
    const quarterX = aboutAxis([1, 0, 0], Math.PI / 2);
    const quarterZ = aboutAxis([0, 0, 1], Math.PI / 2);
    close(rotate(multiply(quarterZ, quarterX), [0, 1, 0]), [0, 0, 1]);
    close(multiply(turn, conjugate(turn)), [1, 0, 0, 0]);
  });

  it('agree with their matrix', () => {
    const v: Vector = [0.3, -1, 2];
    const m = rotationMatrix(turn);
    const row = (r: number): number => dot([m[r * 3] ?? 0, m[r * 3 + 1] ?? 0, m[r * 3 + 2] ?? 0], v);
    close(rotate(turn, v), [row(0), row(1), row(2)]);
  });

  it.each<[Vector, Vector]>([
    [
      [1, 0, 0],
      [0, 1, 0],
    ],
    [
      [1, 2, 3],
      [-3, 1, 0.2],
    ],
    [
      [0, 0, 2],
      [0, 0, -1],
    ],
    [
      [1, 0, 0],
      [-1, 0, 0],
    ],
  ])('between %j and %j', (from, to) => {
    close(rotate(between(from, to), normalize(from)), normalize(to));
  });

  it.each<{ q: Quaternion }>([
    { q: aboutAxis([1, 0, 0], 3.1) },
    { q: aboutAxis([0, 1, 0], 3.1) },
    { q: aboutAxis([0, 0, 1], 3.1) },
    { q: aboutAxis([1, 1, 1], 0.2) },
  ])('from the axes they carry: $q', ({ q }) => {
    const found = fromAxes(rotate(q, [1, 0, 0]), rotate(q, [0, 1, 0]), rotate(q, [0, 0, 1]));
    close(towards(found, q), q);
  });
});

describe('blending', () => {
  it('goes the short way whatever the signs', () => {
    const opposite = turn.map((value) => -value) as unknown as Quaternion;
    close(rotate(blend([1, 0, 0, 0], opposite, 0.5), [1, 2, 3]), rotate(aboutAxis(axis, 0.55), [1, 2, 3]));
  });

  it('limits the angle and keeps the axis', () => {
    close(limited(turn, 0.3), aboutAxis(axis, 0.3));
    close(limited(turn, 2), turn);
  });
});

it('the cross product follows the right hand', () => {
  close(cross([1, 0, 0], [0, 1, 0]), [0, 0, 1]);
});
