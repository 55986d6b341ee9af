import { AppError } from '../../../core/errors.ts';
import type { Tensor } from '../../onnx/tensor.ts';
import { cameraGuiderGraph, GUIDER_REDUCTION } from '../graphs/camera-guider.ts';
import type { Runtime } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';

/**
 * What the 4D network adds to the tokens of each view so that it knows its camera, [1, V, N, outputs].
 * @param weights The camera guider's, by the names layer.0.weight and so on.
 * @param embeddings Ray embeddings, [V, 6, height, width], sides in multiples of 16.
 * @param outputs Width of the transformer: heads times head size.
 */
export async function cameraLatents(
  runtime: Runtime,
  weights: WeightSource,
  embeddings: Tensor,
  outputs: number,
): Promise<Tensor> {
  const [views = 0, rays = 0, height = 0, width = 0] = embeddings.dims;
  if (rays !== 6 || height % GUIDER_REDUCTION !== 0 || width % GUIDER_REDUCTION !== 0 || height * width === 0) {
    const shape = embeddings.dims.join(', ');
    throw new AppError('bad-input', `Camera embeddings of shape [${shape}] do not fit; fetch the checkpoint again.`);
  }
  const session = await runtime.load(cameraGuiderGraph(weights, outputs, height, width));
  try {
    const { tokens } = await session.run({ rays: embeddings });
    if (!tokens) throw new TypeError('The camera guider gave no tokens.');
    return { ...tokens, dims: [1, views, ...tokens.dims.slice(1)] };
  } finally {
    await session.release();
  }
}
