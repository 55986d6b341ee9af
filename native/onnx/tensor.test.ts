import { expect, test } from 'vitest';
import { floatTensor, int32Tensor, int64Tensor, numbersOf, transpose } from './tensor.ts';

test('axes are put in another order', () => {
  const tensor = floatTensor(
    Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  );
  const turned = transpose(tensor, [2, 0, 1]);
  expect(turned.dims).toEqual([4, 2, 3]);
  // element [k, i, j] of the result is [i, j, k] of the source
  expect([...numbersOf(turned)].slice(0, 7)).toEqual([0, 4, 8, 12, 16, 20, 1]);
  expect(transpose(turned, [1, 2, 0])).toEqual(tensor);
});

test('a Buffer at an odd place is read all the same', () => {
  const bytes = Buffer.concat([Buffer.from([0]), floatTensor([1.5, -2], [2]).bytes]).subarray(1);
  expect([...numbersOf({ type: 'float32', dims: [2], bytes })]).toEqual([1.5, -2]);
});

test('values that do not fill the shape are refused', () => {
  expect(() => int32Tensor([1, 2, 3], [2, 2])).toThrow('12 bytes do not fill int32[2, 2].');
  expect(int64Tensor([-1], []).bytes).toEqual(new Uint8Array(8).fill(255));
});
