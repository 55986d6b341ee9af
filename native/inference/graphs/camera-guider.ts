import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { Graph } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import { ModuleBuilder } from './module-builder.ts';

/** Channels of a ray embedding, and of what lies between the guider's layers. */
const RAYS = 6;
const CHANNELS = 16;

/** What the guider's picture is smaller by on each side: three times a half, and patches of 2. */
export const GUIDER_REDUCTION = 16;

interface Convolution {
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
}

const convolutions = (outputs: number): readonly Convolution[] => [
  { inputs: RAYS, outputs: CHANNELS, size: 3, stride: 1, pad: 1 },
  ...Array.from({ length: 2 }, () => ({ inputs: CHANNELS, outputs: CHANNELS, size: 3, stride: 1, pad: 1 })),
  ...Array.from({ length: 3 }, () => ({ inputs: CHANNELS, outputs: CHANNELS, size: 3, stride: 2, pad: 1 })),
  { inputs: CHANNELS, outputs, size: 2, stride: 2, pad: 0 },
];

/**
 * The camera guider: input `rays` [V, 6, height, width], output `tokens` [V, N, outputs], one for each token of a latent frame in
 * the order y, x. Always float32, as the authors run it.
 * @param outputs Width of the transformer.
 */
export function cameraGuiderGraph(weights: WeightSource, outputs: number, height: number, width: number): Graph {
  const graph = new GraphBuilder('camera guider');
  const guider = new ModuleBuilder(graph, weights, 'float32');
  const rays = guider.input('rays', ['views', RAYS, height, width]);
  const layers = convolutions(outputs);
  const map = layers.reduce((value, layer, i) => {
    // The state dict counts the activations between the layers too.
    const result = guider.at(`layer.${i * 2}`, (module) => convolution(module, value, layer));
    return i === layers.length - 1 ? result : silu(guider, result);
  }, rays);
  const tokens = (height / GUIDER_REDUCTION) * (width / GUIDER_REDUCTION);
  const flat = guider.reshape(map, [0, outputs, tokens]);
  guider.output('tokens', guider.transpose(flat, [0, 2, 1]), ['views', tokens, outputs]);
  return { name: 'the camera guider', model: graph.encode(), folder: weights.folder };
}

function convolution(module: ModuleBuilder, value: Value, { inputs, outputs, size, stride, pad }: Convolution): Value {
  const weight = module.weight('weight', [outputs, inputs, size, size]);
  const bias = module.weight('bias', [outputs]);
  return module.op('Conv', [value, weight, bias], { strides: [stride, stride], pads: [pad, pad, pad, pad] });
}

const silu = (module: ModuleBuilder, value: Value): Value => module.op('Mul', [value, module.op('Sigmoid', [value])]);
