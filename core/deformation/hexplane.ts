import type { Gaussians } from '../gaussians.ts';
import type { HexPlaneConfig, HexPlaneDeformation } from './deformation.ts';
import { HEADS, hexPlaneShapes, PLANE_AXES } from './hexplane-shapes.ts';

/** One feature plane, [channels, height, width]. */
export interface FeaturePlane {
  readonly name: string;
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** One linear layer; `weight` is [outputs, inputs]. */
export interface LinearLayer {
  readonly name: string;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}

export type HeadName = keyof typeof HEADS;

/** ReLU, `first`, ReLU, `second`: the offsets of one Gaussian parameter. */
export interface OffsetHead {
  readonly parameter: HeadName;
  readonly first: LinearLayer;
  readonly second: LinearLayer;
}

/** A HexPlane deformation with its weights in the order of use. */
export interface HexPlaneNetwork {
  readonly config: HexPlaneConfig;
  /** [level][plane]. */
  readonly levels: readonly (readonly FeaturePlane[])[];
  readonly trunk: readonly LinearLayer[];
  readonly heads: readonly OffsetHead[];
}

/** Where a coordinate falls on an axis of a plane. */
export interface AxisCell {
  readonly lower: number;
  readonly upper: number;
  /** Weight of `upper`. */
  readonly fraction: number;
  /** Change of the grid index with the coordinate as given; 0 at the border, where coordinates are clamped. */
  readonly slope: number;
}

/** All that is computed for one point; the backward pass reads it. */
export interface HexPlaneTrace {
  /** [level][axis], axis 3 is time. */
  readonly cells: readonly (readonly AxisCell[])[];
  /** [level][plane][channel]. */
  readonly samples: readonly (readonly Float64Array[])[];
  /** The products over the planes, levels one after the other. */
  readonly features: Float64Array;
  /** Outputs of the trunk's layers, before ReLU. */
  readonly trunk: readonly Float64Array[];
  /** For each head the output of its first layer, before ReLU, and its offsets. */
  readonly heads: readonly { readonly hidden: Float64Array; readonly offsets: Float64Array }[];
}

/** Looks up the weights; throws a `TypeError` naming the one that is missing or has another shape. */
export function openHexPlane({ config, parameters }: HexPlaneDeformation): HexPlaneNetwork {
  const shapes = hexPlaneShapes(config);
  const tensor = (name: string): { readonly shape: readonly number[]; readonly data: Float32Array } => {
    const shape = shapes.get(name) ?? [];
    const parameter = parameters.get(name);
    if (!parameter) throw new TypeError(`The HexPlane deformation lacks its parameter ${name}.`);
    const size = shape.reduce((a, b) => a * b, 1);
    if (parameter.data.length !== size) {
      throw new TypeError(`${name}: expected [${shape.join(', ')}] = ${size} numbers, got ${parameter.data.length}.`);
    }
    return { shape, data: parameter.data };
  };
  const plane = (level: number, index: number): FeaturePlane => {
    const name = `deformation_net.grid.grids.${level}.${index}`;
    const { shape, data } = tensor(name);
    const [, , height = 1, width = 1] = shape;
    return { name, data, width, height };
  };
  const linear = (layer: string): LinearLayer => {
    const name = `deformation_net.${layer}`;
    const { shape, data } = tensor(`${name}.weight`);
    const [outputs = 0, inputs = 0] = shape;
    return { name, weight: data, bias: tensor(`${name}.bias`).data, inputs, outputs };
  };
  return {
    config,
    levels: config.multires.map((_, level) => PLANE_AXES.map((_axes, index) => plane(level, index))),
    trunk: Array.from({ length: Math.max(1, config.depth) }, (_, layer) => linear(`feature_out.${layer * 2}`)),
    heads: (['position', 'scale', 'rotation', 'opacity', 'sh'] as const)
      .filter((parameter) => config.heads[parameter])
      .map((parameter) => {
        const name = HEADS[parameter][0];
        return { parameter, first: linear(`${name}.1`), second: linear(`${name}.3`) };
      }),
  };
}

/** The cell of normalised coordinate `c` in [-1, 1] on `resolution` aligned corners; `perUnit` is dc/d(coordinate). */
function axisCell(c: number, resolution: number, perUnit: number): AxisCell {
  const last = resolution - 1;
  const index = ((c + 1) / 2) * last;
  const inside = index > 0 && index < last;
  const at = Math.min(Math.max(index, 0), last);
  const lower = Math.min(Math.floor(at), Math.max(0, last - 1));
  return { lower, upper: Math.min(lower + 1, last), fraction: at - lower, slope: inside ? (last / 2) * perUnit : 0 };
}

/** The published box is stored maximum first: coordinates run from -1 at its maximum to +1 at its minimum. */
function locate(config: HexPlaneConfig, factor: number, position: readonly number[], time: number): AxisCell[] {
  const [most, least] = config.aabb;
  return config.resolution.map((resolution, axis) => {
    // Time is used as it is, in [0, 1] where the planes reach from -1 to 1.
    if (axis === 3) return axisCell(time, resolution, 1);
    const perUnit = 2 / ((least[axis] ?? 0) - (most[axis] ?? 0));
    return axisCell(((position[axis] ?? 0) - (most[axis] ?? 0)) * perUnit - 1, resolution * factor, perUnit);
  });
}

/** The four corners of one channel of a plane around a point: [row of v][column of u]. */
export function planeCorners(plane: FeaturePlane, channel: number, u: AxisCell, v: AxisCell) {
  const lower = (channel * plane.height + v.lower) * plane.width;
  const upper = (channel * plane.height + v.upper) * plane.width;
  return [
    [plane.data[lower + u.lower] ?? 0, plane.data[lower + u.upper] ?? 0],
    [plane.data[upper + u.lower] ?? 0, plane.data[upper + u.upper] ?? 0],
  ] as const;
}

function samplePlane(plane: FeaturePlane, channels: number, u: AxisCell, v: AxisCell): Float64Array {
  const samples = new Float64Array(channels);
  const [low, high] = [v.lower * plane.width, v.upper * plane.width];
  const at = (index: number): number => plane.data[index] ?? 0;
  for (let c = 0; c < channels; c++) {
    const base = c * plane.height * plane.width;
    const lower = at(base + low + u.lower) * (1 - u.fraction) + at(base + low + u.upper) * u.fraction;
    const upper = at(base + high + u.lower) * (1 - u.fraction) + at(base + high + u.upper) * u.fraction;
    samples[c] = lower * (1 - v.fraction) + upper * v.fraction;
  }
  return samples;
}

function applyLinear({ weight, bias, inputs, outputs }: LinearLayer, x: Float64Array): Float64Array {
  const y = new Float64Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let sum = bias[o] ?? 0;
    for (let i = 0; i < inputs; i++) sum += (weight[o * inputs + i] ?? 0) * (x[i] ?? 0);
    y[o] = sum;
  }
  return y;
}

export function relu(x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) y[i] = Math.max(0, x[i] ?? 0);
  return y;
}

/** The network at one point and time. */
export function evaluateHexPlane(network: HexPlaneNetwork, position: readonly number[], time: number): HexPlaneTrace {
  const { config, levels } = network;
  const cells = config.multires.map((factor) => locate(config, factor, position, time));
  const samples = levels.map((planes, level) =>
    PLANE_AXES.map(([a, b], index) => {
      const [plane, u, v] = [planes[index], cells[level]?.[a], cells[level]?.[b]];
      return plane && u && v ? samplePlane(plane, config.channels, u, v) : new Float64Array(config.channels);
    }),
  );
  const features = new Float64Array(levels.length * config.channels).fill(1);
  samples.forEach((planes, level) => {
    for (const plane of planes) {
      for (let c = 0; c < config.channels; c++) {
        const at = level * config.channels + c;
        features[at] = (features[at] ?? 0) * (plane[c] ?? 0);
      }
    }
  });
  const trunk: Float64Array[] = [];
  let hidden: Float64Array = features;
  for (const [index, layer] of network.trunk.entries()) {
    hidden = applyLinear(layer, index === 0 ? hidden : relu(hidden));
    trunk.push(hidden);
  }
  const active = relu(hidden);
  const heads = network.heads.map((head) => {
    const inner = applyLinear(head.first, active);
    return { hidden: inner, offsets: applyLinear(head.second, relu(inner)) };
  });
  return { cells, samples, features, trunk, heads };
}

/** Numbers a Gaussian has of each parameter; SH moves as many coefficients as the Gaussians have. */
export const parameterWidth = (gaussians: Gaussians, parameter: HeadName): number =>
  parameter === 'sh' ? gaussians.sh.length / Math.max(1, gaussians.count) : HEADS[parameter][1];

/**
 * The Gaussians at `time` in [0, 1] (one time for all, or one a Gaussian): each head's offsets are added to its
 * parameter. Exponentials, normalisation and sigmoids come later, as for Gaussians at rest. Sums are float64.
 */
export function deformHexPlane(
  gaussians: Gaussians,
  deformation: HexPlaneDeformation | HexPlaneNetwork,
  time: number | ArrayLike<number>,
): Gaussians {
  const network = 'kind' in deformation ? openHexPlane(deformation) : deformation;
  const { means, logScales, quats, opacityLogits, sh } = gaussians;
  const rest = { position: means, scale: logScales, rotation: quats, opacity: opacityLogits, sh };
  const moved = { ...rest };
  for (const { parameter } of network.heads) moved[parameter] = rest[parameter].slice();

  for (let i = 0; i < gaussians.count; i++) {
    const at = typeof time === 'number' ? time : (time[i] ?? 0);
    const { heads } = evaluateHexPlane(network, [...means.subarray(i * 3, i * 3 + 3)], at);
    network.heads.forEach(({ parameter }, h) => {
      const width = parameterWidth(gaussians, parameter);
      const [from, to] = [rest[parameter], moved[parameter]];
      for (let c = 0; c < width; c++) to[i * width + c] = (from[i * width + c] ?? 0) + (heads[h]?.offsets[c] ?? 0);
    });
  }
  const { position, scale, rotation, opacity } = moved;
  return { ...gaussians, means: position, logScales: scale, quats: rotation, opacityLogits: opacity, sh: moved.sh };
}
