import { AppError } from '../../../core/errors.ts';
import { elementCount, floatTensor, type Tensor } from '../../onnx/tensor.ts';

/** The elements of a float32 tensor; a view where the alignment allows it. Throws a TypeError for other types. */
export function floatsOf({ type, bytes }: Tensor): Float32Array {
  if (type !== 'float32') throw new TypeError(`The pipeline takes tensors of float32, not of ${type}.`);
  const aligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.byteLength / Float32Array.BYTES_PER_ELEMENT,
  );
}

/** The same numbers in another shape of the same size; not copied. */
export function reshaped(tensor: Tensor, dims: readonly number[]): Tensor {
  return floatTensor(floatsOf(tensor), dims);
}

/** Tensors of the same shape one after another along their first axis. */
export function stacked(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError('There is nothing to stack.');
  const size = elementCount(first.dims);
  const all = new Float32Array(size * tensors.length);
  tensors.forEach((tensor, i) => {
    if (tensor.dims.join() !== first.dims.join()) throw new RangeError('Only tensors of one shape can be stacked.');
    all.set(floatsOf(tensor), i * size);
  });
  return floatTensor(all, [(first.dims[0] ?? 1) * tensors.length, ...first.dims.slice(1)]);
}

/** `count` of what lies along the first axis, from `from` on; not copied. */
export function part(tensor: Tensor, from: number, count = 1): Tensor {
  const [, ...rest] = tensor.dims;
  const size = elementCount(rest);
  return floatTensor(floatsOf(tensor).subarray(from * size, (from + count) * size), [count, ...rest]);
}

/**
 * The elements of what a network gave. Throws an `AppError` where one is no number, which 16-bit floats come to when they overflow.
 * @param what Begins the sentence: "The result of step 3".
 */
export function finiteFloats(tensor: Tensor, what: string): Float32Array {
  const values = floatsOf(tensor);
  if (values.every(Number.isFinite)) return values;
  throw new AppError('failed', `${what} holds values that are no numbers; choose another precision.`);
}
