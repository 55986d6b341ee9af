import { floatBytes, type FloatType } from './float-bytes.ts';
import { PickleWriter } from './pickle-writer.ts';
import { writeZip } from './write-zip.ts';

export interface PtTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

const STORAGE: Readonly<Record<FloatType, string>> = {
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
};

/**
 * A .pt file as torch.save writes it since PyTorch 1.6: a zip file with a pickle that refers to the numbers beside it. A map is written as the state
 * dict of a module, a tensor as itself.
 * @param stem Name of the file without .pt, after which its folder is called.
 */
export function writePt(
  value: PtTensor | ReadonlyMap<string, PtTensor>,
  stem: string,
  type: FloatType = 'F32',
): Buffer {
  const pickle = new PickleWriter();
  const tensors = 'shape' in value ? [value] : [...value.values()];
  if ('shape' in value) writeTensor(pickle, value, 0, type);
  else writeStateDict(pickle, value, type);
  const files = new Map<string, Uint8Array>([
    [`${stem}/data.pkl`, pickle.finish()],
    [`${stem}/byteorder`, Buffer.from('little')],
    ...tensors.map(({ values }, key) => [`${stem}/data/${key}`, floatBytes(values, type)] as const),
    [`${stem}/version`, Buffer.from('3\n')],
  ]);
  return writeZip(files);
}

function writeStateDict(pickle: PickleWriter, tensors: ReadonlyMap<string, PtTensor>, type: FloatType): void {
  pickle.orderedDict();
  pickle.op('(');
  [...tensors].forEach(([name, tensor], key) => {
    pickle.text(name);
    writeTensor(pickle, tensor, key, type);
  });
  pickle.op('u');
  // Modules give their dict the version of their class.
  pickle.op('}');
  pickle.text('_metadata');
  pickle.orderedDict();
  pickle.op('s');
  pickle.op('b');
}

/** A tensor as the call that builds it anew: place of the numbers, offset, shape, strides, gradient wanted, hooks. */
function writeTensor(pickle: PickleWriter, { shape, values }: PtTensor, key: number, type: FloatType): void {
  pickle.global('torch._utils', '_rebuild_tensor_v2');
  pickle.tuple(() => {
    pickle.tuple(() => {
      pickle.text('storage');
      pickle.global('torch', STORAGE[type]);
      pickle.text(String(key));
      pickle.text('cpu');
      pickle.whole(values.length);
    });
    pickle.op('Q');
    pickle.whole(0);
    pickle.wholes(shape);
    pickle.wholes(stridesOf(shape));
    pickle.op('\x89');
    pickle.orderedDict();
  });
  pickle.op('R');
}

const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
