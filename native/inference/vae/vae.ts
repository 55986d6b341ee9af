import { AppError } from '../../../core/errors.ts';
import { floatTensor, numbersOf, type Tensor } from '../../onnx/tensor.ts';
import type { Runtime, Tensors } from '../runtime/session.ts';
import { BATCH_FRAMES, frameBatches } from './batches.ts';
import { GraphStore } from './graph-store.ts';
import { halvings, type Direction, type VaeNetwork } from './graphs.ts';
import { axisTiles, defaultTiling, joinTiles, wholeAxis, type AxisTiles, type Tiling } from './tiling.ts';
import { copyBox, emptyVolume, type Volume } from './volume.ts';

export interface VaeOptions {
  /** Looked at between runs; a stopped call throws an `AppError` with code `cancelled`. */
  readonly signal?: AbortSignal;
  /** Called after each run with the share that is done, 0..1. */
  readonly onProgress?: (done: number) => void;
  /** Other tiles than the network's own. */
  readonly tiling?: Tiling;
  /** Is shown what each stage gives, of each batch of frames. For tests: it keeps everything in memory. */
  readonly observe?: (stage: string, batch: number, value: Tensor) => void;
}

export interface Moments {
  readonly mean: Tensor;
  /** Clamped to -30..20. */
  readonly logvar: Tensor;
}

/** Between video and latents, one video at a time. */
export interface Vae {
  /** Video float32 [1, 3, F, H, W] in -1..1, H and W multiples of 8; moments [1, 16, f, H/8, W/8], not yet scaled. */
  encode(video: Tensor, options?: VaeOptions): Promise<Moments>;
  /** Latents float32 [1, 16, f, h, w], divided by the scaling factor already; video [1, 3, F, 8h, 8w], not clamped. */
  decode(latents: Tensor, options?: VaeOptions): Promise<Tensor>;
  release(): Promise<void>;
}

/**
 * CogVideoX's VAE as the published pipeline runs it: frames in batches that hand on the end of each causal convolution's input,
 * pictures larger than half the trained size in overlapping tiles. Graphs are written and loaded at first use. Throws an
 * `AppError` where the config is of no such network.
 */
export function openVae(runtime: Runtime, network: VaeNetwork): Vae {
  const { config } = network;
  const { space, time } = halvings(config);
  if (2 ** time !== config.temporalCompression || time > space) {
    const message = `The VAE's config compresses ${config.temporalCompression} frames into one, which its blocks cannot do`;
    throw new AppError('bad-input', `${message}; choose CharacterShot's checkpoint.`);
  }
  const odd = config.blockChannels.find((channels) => channels % config.groups !== 0);
  if (odd !== undefined) {
    const message = `The VAE's config has ${odd} channels, which are no multiple of its ${config.groups} groups`;
    throw new AppError('bad-input', `${message}; choose CharacterShot's checkpoint.`);
  }
  const graphs = new GraphStore(runtime, network);
  return {
    async encode(video, options = {}) {
      const source = volumeOf('The video', video, config.inChannels);
      if (source.height % 2 ** space !== 0 || source.width % 2 ** space !== 0) {
        throw new RangeError(`A video of ${source.width}x${source.height} is not a multiple of ${2 ** space}.`);
      }
      return moments(await throughTiles('encoder', source, network, graphs, options));
    },
    async decode(latents, options = {}) {
      const source = volumeOf('The latents', latents, config.latentChannels);
      return tensorOf(await throughTiles('decoder', source, network, graphs, options));
    },
    release: () => graphs.release(),
  };
}

function volumeOf(what: string, tensor: Tensor, channels: number): Volume {
  const [one, given, frames = 0, height = 0, width = 0] = tensor.dims;
  const fits = tensor.dims.length === 5 && one === 1 && given === channels && tensor.dims.every((size) => size > 0);
  if (tensor.type !== 'float32' || !fits) {
    const wanted = `float32[1, ${channels}, frames, height, width]`;
    throw new RangeError(`${what} must be ${wanted}, not ${tensor.type}[${tensor.dims.join(', ')}].`);
  }
  const { buffer, byteOffset, byteLength } = tensor.bytes;
  const data = byteOffset % 4 === 0 ? new Float32Array(buffer, byteOffset, byteLength / 4) : numbersOf(tensor);
  return { channels, frames, height, width, data: data as Float32Array };
}

const tensorOf = ({ channels, frames, height, width, data }: Volume): Tensor =>
  floatTensor(data, [1, channels, frames, height, width]);

/** The first half of the channels are means, the second log variances. */
function moments(volume: Volume): Moments {
  const half = volume.data.length / 2;
  const part = (data: Float32Array): Tensor => tensorOf({ ...volume, channels: volume.channels / 2, data });
  const logvar = volume.data.slice(half).map((value) => Math.min(20, Math.max(-30, value)));
  return { mean: part(volume.data.slice(0, half)), logvar: part(logvar) };
}

/** Cuts the source into tiles, computes each and puts the results together. */
async function throughTiles(
  direction: Direction,
  source: Volume,
  { config }: VaeNetwork,
  graphs: GraphStore,
  options: VaeOptions,
): Promise<Volume> {
  const factor = 2 ** halvings(config).space;
  const [down, across] = tileAxes(direction, source, factor, options.tiling ?? defaultTiling(config));
  const places = down.tiles.flatMap((y, row) => across.tiles.map((x, column) => ({ y, x, row, column })));
  // Tiles of one size follow one another, so that each size is loaded once; only putting together needs the reading order.
  places.sort((a, b) => b.y.size - a.y.size || b.x.size - a.x.size);
  const batches = frameBatches(source.frames, BATCH_FRAMES[direction]);
  const runs = { done: 0, all: places.length * batches.length };
  const rows: Volume[][] = down.tiles.map(() => []);
  for (const { y, x, row, column } of places) {
    const tile = emptyVolume({ ...source, height: y.size, width: x.size });
    const from = { frame: 0, y: y.start, x: x.start };
    copyBox(source, from, tile, { frame: 0, y: 0, x: 0 }, tile);
    (rows[row] ??= [])[column] = await throughBatches(direction, tile, batches, graphs, options, () => {
      runs.done++;
      options.onProgress?.(runs.done / runs.all);
    });
  }
  const { channels, frames } = rows[0]?.[0] ?? source;
  const resize = (length: number): number => (direction === 'encoder' ? length / factor : length * factor);
  const size = { channels, frames, height: resize(source.height), width: resize(source.width) };
  return joinTiles(rows, down, across, size);
}

/** Tiles down and across; one whole one where the source is not larger than a tile. */
function tileAxes(
  direction: Direction,
  { height, width }: Volume,
  factor: number,
  tiling: Tiling,
): [down: AxisTiles, across: AxisTiles] {
  const axis = (pixels: number): [tile: number, result: number] => {
    const latents = Math.floor(pixels / factor);
    return direction === 'encoder' ? [pixels, latents] : [latents, pixels];
  };
  const [tall, wide] = [axis(tiling.height), axis(tiling.width)];
  if (height <= tall[0] && width <= wide[0]) return [wholeAxis(height), wholeAxis(width)];
  return [axisTiles(height, ...tall, tiling.overlapHeight), axisTiles(width, ...wide, tiling.overlapWidth)];
}

/** Computes one tile, batch by batch. */
async function throughBatches(
  direction: Direction,
  tile: Volume,
  batches: readonly { start: number; count: number }[],
  graphs: GraphStore,
  { signal, observe }: VaeOptions,
  onRun: () => void,
): Promise<Volume> {
  const [input, output] = direction === 'encoder' ? ['video', 'moments'] : ['latents', 'video'];
  const parts: Volume[] = [];
  let past: Tensors = {};
  for (const [index, { start, count }] of batches.entries()) {
    if (signal?.aborted) throw new AppError('cancelled', 'Stopped.');
    // The last batch gives its frames out in vain: a graph of its own would have to be loaded for it.
    const continued = index < batches.length - 1 || index > 0;
    const observed = observe !== undefined;
    const shape = { continues: index > 0, continued, observed };
    const graph = await graphs.get({ ...tile, ...shape, direction, frames: count });
    const part = emptyVolume({ ...tile, frames: count });
    copyBox(tile, { frame: start, y: 0, x: 0 }, part, { frame: 0, y: 0, x: 0 }, part);
    const results = await graph.session.run({ [input]: tensorOf(part), ...past });
    past = Object.fromEntries(graph.kept.map(({ name }) => [`past ${name}`, named(results, `next ${name}`)]));
    for (const stage of graph.stages) observe?.(stage, index, named(results, `stage ${stage}`));
    const result = named(results, output);
    parts.push(volumeOf('The result', result, result.dims[1] ?? 0));
    onRun();
  }
  return inTime(parts);
}

function named(results: Tensors, name: string): Tensor {
  const found = results[name];
  if (found) return found;
  throw new Error(`The graph gave no ${name}.`);
}

/** Volumes one after the other in time. */
function inTime(parts: readonly Volume[]): Volume {
  const [first] = parts;
  if (!first || parts.length === 1) return first ?? emptyVolume({ channels: 0, frames: 0, height: 0, width: 0 });
  const joined = emptyVolume({ ...first, frames: parts.reduce((sum, { frames }) => sum + frames, 0) });
  let frame = 0;
  for (const part of parts) {
    copyBox(part, { frame: 0, y: 0, x: 0 }, joined, { frame, y: 0, x: 0 }, part);
    frame += part.frames;
  }
  return joined;
}
