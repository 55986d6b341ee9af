import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readInput } from '../../files/read.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import { floatsOf } from '../pipeline/floats.ts';
import type { WeightSource } from '../weights.ts';
import type { Shapes } from './expected-shapes.ts';
import { EMBEDDINGS } from './layout.ts';
import { missingWeight, sameShape, wrongShape } from './open-weights.ts';
import { readPt } from './pt/read-pt.ts';

/** A view's embedding at 720x480 is 8 MB; nothing that is read whole is larger than this. */
const MAX_PT_BYTES = 256 * 2 ** 20;

/** The camera guider's weights, in memory. */
export interface CameraGuider extends WeightSource {
  /** See `CheckpointModule`. */
  readonly findings: readonly string[];
  readonly remarks: readonly string[];
}

/** Reads the camera guider's weights, whose names may have a prefix ("module."). Throws an `AppError` where the file holds no tensors. */
export async function openGuider(path: string, shapes: Shapes): Promise<CameraGuider> {
  const tensors = readPt(await readSmall(path), path);
  const [prefix = ''] = [...tensors.keys()].flatMap((name) => /^(.*?)layer\.0\.weight$/.exec(name)?.[1] ?? []);
  const findings: string[] = [];
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(prefix + name);
    if (!tensor) findings.push(`${name} [${shape.join(', ')}] is missing`);
    else if (!sameShape(tensor.dims, shape)) {
      findings.push(`${name} has shape [${tensor.dims.join(', ')}] instead of [${shape.join(', ')}]`);
    } else if (!isFinite(tensor)) findings.push(`${name} has numbers that are not finite`);
  }
  const remarks = [...tensors.keys()]
    .filter((name) => !name.startsWith(prefix) || !shapes.has(name.slice(prefix.length)))
    .map((name) => `${name} is of no use to this network`);
  const weight = (name: string, shape: readonly number[]): Tensor => {
    const tensor = tensors.get(prefix + name);
    if (!tensor) throw missingWeight(path, name);
    if (!sameShape(tensor.dims, shape)) throw wrongShape(path, name, tensor.dims, shape);
    return tensor;
  };
  return { folder: resolve(path, '..'), weight, findings, remarks };
}

export const isFinite = (tensor: Tensor): boolean => floatsOf(tensor).every(Number.isFinite);

/** Reads the ray embedding of a view, [6, height, width]. Throws an `AppError` where the file is none. */
export async function readEmbedding(folder: string, view: number): Promise<Tensor> {
  const path = join(folder, EMBEDDINGS, `${view}.pt`);
  const tensors = readPt(await readSmall(path), path);
  const [tensor] = [...tensors.values()];
  if (tensors.size === 1 && tensor?.dims.length === 3 && tensor.dims[0] === 6) return tensor;
  throw new AppError('bad-input', `${path} is no ray embedding of a view, [6, height, width]; fetch it again.`);
}

async function readSmall(path: string): Promise<Uint8Array> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new AppError('not-found', `${path} is not there; fetch the checkpoint again, all of it.`, cause);
  });
  if (size <= MAX_PT_BYTES) return readInput(path);
  throw new AppError('bad-input', `${path} is far larger than what it should hold; fetch it again.`);
}
