import type { Gaussians } from '../../core/gaussians.ts';
import {
  evaluateHexPlane,
  parameterWidth,
  planeCorners,
  relu,
  type HexPlaneNetwork,
  type HexPlaneTrace,
  type LinearLayer,
} from '../../core/deformation/hexplane.ts';
import { PLANE_AXES } from '../../core/deformation/hexplane-shapes.ts';

/** Gradients of one number with respect to the five parameters of Gaussians. */
export interface GaussianGradients {
  readonly position: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly rotation: ArrayLike<number>;
  readonly opacity: ArrayLike<number>;
  readonly sh: ArrayLike<number>;
}

export interface HexPlaneGradients {
  /** Under the published names. */
  readonly parameters: ReadonlyMap<string, Float64Array>;
  readonly inputs: GaussianGradients;
}

/**
 * Backward pass of `deformHexPlane`: from the gradients of a number with respect to its outputs to those with respect
 * to the weights and the Gaussians at rest. Written for reading; the native passes are checked against it.
 */
export function hexPlaneGradients(
  network: HexPlaneNetwork,
  gaussians: Gaussians,
  time: number | ArrayLike<number>,
  outputs: GaussianGradients,
): HexPlaneGradients {
  const parameters = new Map<string, Float64Array>();
  for (const plane of network.levels.flat()) parameters.set(plane.name, new Float64Array(plane.data.length));
  for (const layer of [...network.trunk, ...network.heads.flatMap(({ first, second }) => [first, second])]) {
    parameters.set(`${layer.name}.weight`, new Float64Array(layer.weight.length));
    parameters.set(`${layer.name}.bias`, new Float64Array(layer.bias.length));
  }
  // Outputs are inputs plus offsets, and the offsets depend on the positions only.
  const position = Float64Array.from(outputs.position);
  for (let i = 0; i < gaussians.count; i++) {
    const at = typeof time === 'number' ? time : (time[i] ?? 0);
    const trace = evaluateHexPlane(network, [...gaussians.means.subarray(i * 3, i * 3 + 3)], at);
    const featureGradient = backThroughLayers(network, trace, parameters, (head, c) => {
      const width = parameterWidth(gaussians, head);
      return c < width ? (outputs[head][i * width + c] ?? 0) : 0;
    });
    backThroughPlanes(network, trace, featureGradient, parameters).forEach((value, axis) => {
      add(position, i * 3 + axis, value);
    });
  }
  return { parameters, inputs: { ...outputs, position } };
}

function add(array: Float64Array | undefined, index: number, value: number): void {
  if (array) array[index] = (array[index] ?? 0) + value;
}

type Parameters = ReadonlyMap<string, Float64Array>;

/** Gradient of a layer's input from that of its output; adds the gradients of its weights. */
function backThroughLinear(layer: LinearLayer, input: Float64Array, dy: Float64Array, parameters: Parameters) {
  const dx = new Float64Array(layer.inputs);
  dy.forEach((gradient, o) => {
    add(parameters.get(`${layer.name}.bias`), o, gradient);
    for (let i = 0; i < layer.inputs; i++) {
      add(parameters.get(`${layer.name}.weight`), o * layer.inputs + i, gradient * (input[i] ?? 0));
      add(dx, i, gradient * (layer.weight[o * layer.inputs + i] ?? 0));
    }
  });
  return dx;
}

const throughRelu = (dy: Float64Array, before: Float64Array): Float64Array =>
  dy.map((gradient, i) => ((before[i] ?? 0) > 0 ? gradient : 0));

function backThroughLayers(
  network: HexPlaneNetwork,
  trace: HexPlaneTrace,
  parameters: Parameters,
  outputGradient: (head: HexPlaneNetwork['heads'][number]['parameter'], component: number) => number,
): Float64Array {
  const top = trace.trunk.at(-1) ?? trace.features;
  let dy: Float64Array = new Float64Array(top.length);
  network.heads.forEach(({ parameter, first, second }, h) => {
    const hidden = trace.heads[h]?.hidden ?? new Float64Array(first.outputs);
    const dOffsets = Float64Array.from({ length: second.outputs }, (_, c) => outputGradient(parameter, c));
    const dHidden = throughRelu(backThroughLinear(second, relu(hidden), dOffsets, parameters), hidden);
    const dTop = throughRelu(backThroughLinear(first, relu(top), dHidden, parameters), top);
    dy = dy.map((value, i) => value + (dTop[i] ?? 0));
  });
  for (const [index, layer] of [...network.trunk.entries()].reverse()) {
    const below = trace.trunk[index - 1];
    const dx = backThroughLinear(layer, below ? relu(below) : trace.features, dy, parameters);
    dy = below ? throughRelu(dx, below) : dx;
  }
  return dy;
}

/** Scatters the feature gradients into the planes; returns the gradient of the position. */
function backThroughPlanes(
  network: HexPlaneNetwork,
  trace: HexPlaneTrace,
  featureGradient: Float64Array,
  parameters: Parameters,
): Float64Array {
  const { channels } = network.config;
  const position = new Float64Array(4);
  network.levels.forEach((planes, level) => {
    planes.forEach((plane, index) => {
      const [a, b] = PLANE_AXES[index] ?? [0, 1];
      const [u, v] = [trace.cells[level]?.[a], trace.cells[level]?.[b]];
      if (!u || !v) return;
      for (let c = 0; c < channels; c++) {
        const others = (trace.samples[level] ?? []).filter((_, other) => other !== index);
        const dSample = others.reduce(
          (product, sample) => product * (sample[c] ?? 0),
          featureGradient[level * channels + c] ?? 0,
        );
        const corner = (row: number, column: number, weight: number): void => {
          add(parameters.get(plane.name), (c * plane.height + row) * plane.width + column, dSample * weight);
        };
        corner(v.lower, u.lower, (1 - v.fraction) * (1 - u.fraction));
        corner(v.lower, u.upper, (1 - v.fraction) * u.fraction);
        corner(v.upper, u.lower, v.fraction * (1 - u.fraction));
        corner(v.upper, u.upper, v.fraction * u.fraction);
        const [[p, q], [r, s]] = planeCorners(plane, c, u, v);
        add(position, a, dSample * u.slope * ((1 - v.fraction) * (q - p) + v.fraction * (s - r)));
        add(position, b, dSample * v.slope * ((1 - u.fraction) * (r - p) + u.fraction * (s - q)));
      }
    });
  });
  return position.subarray(0, 3);
}
