import type { VaeConfig } from '../configs.ts';
import { NO_FLOPS, type Flops } from './flops.ts';

/** What a pass through one half of the VAE costs. */
export interface VaeCost {
  readonly flops: Flops;
  /** The most numbers that its activations hold at one time. */
  readonly peakNumbers: number;
  /** Numbers that its convolutions carry from one batch of frames to the next. */
  readonly cacheNumbers: number;
  /** Graphs that are loaded for it: one for each size of tile, and one more where batches follow the first. */
  readonly graphs: number;
}

/** Frames in a batch, as the authors' library always cuts them. */
const ENCODE_BATCH = 8;
const DECODE_BATCH = 2;
/** Parts of a tile that its neighbour covers too. */
const OVERLAP = { y: 1 / 6, x: 1 / 5 } as const;

/** Encodes `frames` pictures of `height` x `width` pixels, in tiles where they are larger than one. */
export function encodeCost(config: VaeConfig, frames: number, height: number, width: number): VaeCost {
  return tiledCost(config, frames, [height, width], 1, ENCODE_BATCH, encoderLayers);
}

/** Decodes `latentFrames` latents to pictures of `height` x `width` pixels, in tiles where they are larger than one. */
export function decodeCost(config: VaeConfig, latentFrames: number, height: number, width: number): VaeCost {
  return tiledCost(config, latentFrames, [height, width], spatialFactor(config), DECODE_BATCH, decoderLayers);
}

/** Pixels of an edge of a latent. */
export const spatialFactor = ({ blockChannels }: VaeConfig): number => 2 ** (blockChannels.length - 1);

/** What one convolution or norm reads and writes. */
interface Layer {
  readonly flops: number;
  /** Numbers alive while it runs: what it reads, makes, and what waits for the residual sum. */
  readonly numbers: number;
  readonly cacheNumbers: number;
}

/** Frames, height and width. */
type Size = readonly [frames: number, height: number, width: number];

const volume = ([frames, height, width]: Size): number => frames * height * width;

function tiledCost(
  config: VaeConfig,
  frames: number,
  [height, width]: readonly [number, number],
  factor: number,
  batchSize: number,
  layersOf: (config: VaeConfig, size: Size) => readonly Layer[],
): VaeCost {
  const tileHeight = Math.trunc(config.sampleHeight / 2);
  const tileWidth = Math.trunc(config.sampleWidth / 2);
  const isTiled = height > tileHeight || width > tileWidth;
  const rows = isTiled ? tileSizes(height / factor, Math.trunc(tileHeight / factor), OVERLAP.y) : [height / factor];
  const columns = isTiled ? tileSizes(width / factor, Math.trunc(tileWidth / factor), OVERLAP.x) : [width / factor];
  const cost = { flops: 0, peakNumbers: 0, cacheNumbers: 0 };
  for (const row of rows) {
    for (const column of columns) {
      for (const batch of frameBatches(frames, batchSize)) {
        const layers = layersOf(config, [batch, row, column]);
        const caches = layers.reduce((total, layer) => total + layer.cacheNumbers, 0);
        cost.flops += layers.reduce((total, layer) => total + layer.flops, 0);
        cost.peakNumbers = Math.max(cost.peakNumbers, ...layers.map(({ numbers }) => numbers));
        cost.cacheNumbers = Math.max(cost.cacheNumbers, caches);
      }
    }
  }
  const tileShapes = new Set(rows).size * new Set(columns).size;
  const graphs = tileShapes * Math.min(2, frameBatches(frames, batchSize).length);
  return { ...cost, graphs, flops: { ...NO_FLOPS, convolution: cost.flops } };
}

/** Sizes of the tiles along one axis; those at the border are smaller. */
function tileSizes(size: number, tile: number, overlap: number): number[] {
  const stride = Math.max(1, Math.trunc(tile * (1 - overlap)));
  const sizes: number[] = [];
  for (let start = 0; start < size; start += stride) sizes.push(Math.min(tile, size - start));
  return sizes;
}

/** Sizes of the batches of frames; the first one takes what does not fill one. */
function frameBatches(frames: number, size: number): number[] {
  const count = Math.max(1, Math.floor(frames / size));
  return Array.from({ length: count }, (_, index) => (index === 0 ? frames - size * (count - 1) : size));
}

function encoderLayers(config: VaeConfig, size: Size): Layer[] {
  const { blockChannels, inChannels, latentChannels, layersPerBlock } = config;
  const last = blockChannels.length - 1;
  let [channels, at] = [blockChannels[0] ?? 0, size];
  const layers: Layer[] = [convolution(inChannels, channels, at)];
  for (const [block, wide] of blockChannels.entries()) {
    for (let n = 0; n < layersPerBlock; n++) {
      layers.push(...resnet(channels, wide, at));
      channels = wide;
    }
    if (block === last) continue;
    const [frames, height, width] = at;
    at = [halvesTime(config, block) ? Math.ceil(frames / 2) : frames, Math.floor(height / 2), Math.floor(width / 2)];
    layers.push(flat(channels, at, volume([frames, height, width])));
  }
  layers.push(...resnet(channels, channels, at), ...resnet(channels, channels, at));
  return [...layers, convolution(channels, 2 * latentChannels, at)];
}

function decoderLayers(config: VaeConfig, size: Size): Layer[] {
  const { blockChannels, outChannels, latentChannels, layersPerBlock } = config;
  const last = blockChannels.length - 1;
  let [channels, at] = [blockChannels[last] ?? 0, size];
  const layers: Layer[] = [convolution(latentChannels, channels, at)];
  layers.push(...resnet(channels, channels, at, latentChannels), ...resnet(channels, channels, at, latentChannels));
  for (const [block, wide] of [...blockChannels].reverse().entries()) {
    for (let n = 0; n <= layersPerBlock; n++) {
      layers.push(...resnet(channels, wide, at, latentChannels));
      channels = wide;
    }
    if (block === last) continue;
    const [frames, height, width] = at;
    at = [halvesTime(config, block) ? doubledFrames(frames) : frames, 2 * height, 2 * width];
    layers.push(flat(channels, at, volume(at)));
  }
  return [...layers, spatialNorm(channels, at, latentChannels), convolution(channels, outChannels, at)];
}

/** The first changes of resolution also halve or double time, until the whole temporal compression is reached. */
const halvesTime = ({ temporalCompression }: VaeConfig, block: number): boolean =>
  2 ** (block + 1) <= temporalCompression;

/** The first of an odd number of frames stays single. */
const doubledFrames = (frames: number): number => (frames % 2 === 1 ? 2 * frames - 1 : 2 * frames);

function resnet(from: number, to: number, at: Size, latentChannels?: number): Layer[] {
  const norms = latentChannels === undefined ? [] : [from, to].map((width) => spatialNorm(width, at, latentChannels));
  const shortcut = from === to ? [] : [{ flops: 2 * from * to * volume(at), numbers: 0, cacheNumbers: 0 }];
  return [convolution(from, to, at), convolution(to, to, at, from), ...norms, ...shortcut];
}

/**
 * 3x3x3, frame by frame: its input, what there is of its result, and a window of three frames. `waiting` channels of the
 * resnet's own input are kept for the sum that follows.
 */
function convolution(from: number, to: number, at: Size, waiting = 0): Layer {
  const [, height, width] = at;
  return {
    flops: 2 * 27 * from * to * volume(at),
    // With its second convolution a resnet's result takes the place of what the first has made.
    numbers: (from + Math.max(to, waiting)) * volume(at) + 3 * Math.max(from, to) * height * width,
    cacheNumbers: 2 * from * height * width,
  };
}

/** 3x3 on every frame, where the resolution changes. */
function flat(channels: number, to: Size, read: number): Layer {
  return {
    flops: 2 * 9 * channels * channels * volume(to),
    numbers: channels * (read + volume(to)),
    cacheNumbers: 0,
  };
}

/** A norm whose scale and shift are computed from the latents by one 1x1x1 convolution each, at the latents' size. */
function spatialNorm(channels: number, at: Size, latentChannels: number): Layer {
  return { flops: 2 * 2 * latentChannels * channels * volume(at), numbers: 0, cacheNumbers: 0 };
}
