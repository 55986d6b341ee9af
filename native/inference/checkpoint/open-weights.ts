import { realpath } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { ExternalTensor } from '../../onnx/graph-builder.ts';
import type { ElementType } from '../../onnx/tensor.ts';
import type { WeightSource } from '../weights.ts';
import { openSafetensors, type StoredTensor } from './safetensors-file.ts';

export interface OpenWeightsOptions {
  /** Folder of the checkpoint, which locations are relative to; without it that of the first file. */
  readonly folder?: string;
  /** Beginning of the tensors' names in the file that those of the module do not have, such as "module."; others are left out. */
  readonly prefix?: string;
}

/** A tensor of a module and the file it lies in. */
export interface PlacedTensor extends StoredTensor {
  readonly path: string;
}

/** The element types in which weights of the networks may be stored. */
export const WEIGHT_TYPE = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const satisfies Readonly<
  Record<string, ElementType>
>;

const isWeightType = (dtype: string): dtype is keyof typeof WEIGHT_TYPE => Object.hasOwn(WEIGHT_TYPE, dtype);

/** Opens the weights in safetensors files, of which only the headers are read; errors are those of `openSafetensors`. */
export async function openWeights(files: readonly string[], options: OpenWeightsOptions = {}): Promise<StoredWeights> {
  const { prefix = '' } = options;
  const tensors = new Map<string, PlacedTensor>();
  let size = 0;
  for (const path of files) {
    const file = await openSafetensors(path);
    // The runtime refuses to follow a link that leaves its folder, as those in the cache of Hugging Face do.
    const real = await realpath(path);
    size += file.size;
    for (const tensor of file.tensors) {
      if (!tensor.name.startsWith(prefix)) continue;
      const name = tensor.name.slice(prefix.length);
      if (tensors.has(name)) {
        throw new AppError(
          'bad-input',
          `${path} has the tensor ${name} that another file has too; remove one of them.`,
        );
      }
      tensors.set(name, { ...tensor, name, path: real });
    }
  }
  const folder = await realpath(resolve(options.folder ?? dirname(files[0] ?? '.')));
  return new StoredWeights(commonFolder(folder, [...tensors.values()]), tensors, size);
}

/** Weights that stay in their files. */
export class StoredWeights implements WeightSource {
  readonly folder: string;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
  /** Bytes of all files. */
  readonly size: number;

  constructor(folder: string, tensors: ReadonlyMap<string, PlacedTensor>, size: number) {
    this.folder = folder;
    this.tensors = tensors;
    this.size = size;
  }

  weight(name: string, shape: readonly number[]): ExternalTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw missingWeight(this.folder, name);
    if (!sameShape(tensor.shape, shape)) throw wrongShape(tensor.path, name, tensor.shape, shape);
    if (!isWeightType(tensor.dtype)) throw wrongType(tensor);
    const location = relative(this.folder, tensor.path).split(sep).join('/');
    return { type: WEIGHT_TYPE[tensor.dtype], dims: tensor.shape, location, offset: tensor.offset };
  }
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

export const missingWeight = (place: string, name: string): AppError =>
  new AppError('bad-input', `${place} has no tensor ${name}; fetch the published checkpoint again.`);

export const wrongShape = (
  place: string,
  name: string,
  shape: readonly number[],
  wanted: readonly number[],
): AppError =>
  new AppError(
    'bad-input',
    `${place} has ${name} of shape [${shape.join(', ')}] where its configuration asks for [${wanted.join(', ')}]; ` +
      'choose an unchanged checkpoint.',
  );

const wrongType = ({ path, name, dtype }: PlacedTensor): AppError =>
  new AppError(
    'bad-input',
    `${path} stores ${name} as ${dtype}, but weights must be F32, F16 or BF16; fetch the published files.`,
  );

/** The deepest folder that `folder` and all files lie in or below. */
function commonFolder(folder: string, tensors: readonly PlacedTensor[]): string {
  let common = folder;
  for (const { path } of tensors) {
    while (dirname(common) !== common && !path.startsWith(common.endsWith(sep) ? common : common + sep)) {
      common = dirname(common);
    }
  }
  return common;
}
