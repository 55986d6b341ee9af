import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { TransformerConfig } from '../configs.ts';
import type { Graph } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import { concat, rotaryValues, type AttentionKind } from './attention.ts';
import { block, type BlockOptions, type Observe, type Streams } from './dit-block.ts';
import { begin, end, type DitInputs } from './dit-ends.ts';
import { ditSize, inputDims, outputDims, type DitInputSize, type DitSize } from './dit-size.ts';
import { ModuleBuilder, type Precision } from './module-builder.ts';
import { afterUnturned, rotaryTable, type RotaryTable } from './rotary.ts';
import { trainedGrid } from './token-grid.ts';

export interface DitOptions extends DitInputSize {
  readonly precision: Precision;
  readonly attention: AttentionKind;
  /** Without it all blocks are in one graph. */
  readonly blocksPerGraph?: number;
  /** Names of inner values ("block0_attn1_hidden") that the graphs give out as well; for tests. */
  readonly observed?: (name: string) => boolean;
}

/** Part of the transformer: what the part before gave goes in, along with what the whole is given. */
export interface DitPart extends Graph {
  readonly inputs: readonly string[];
}

/** The graphs of a transformer, to be run one after the other. */
export interface DitGraphs {
  readonly parts: readonly DitPart[];
  readonly size: DitSize;
  /** Shapes of what goes in, float32. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Shape of `SAMPLE`, float32. */
  readonly output: readonly number[];
}

/** Name of the prediction among the results of the last part. */
export const SAMPLE = 'sample';

/**
 * Writes CharacterShot's transformer, DiT4D or DiT2D, as graphs that read `weights` in place. Throws an `AppError` where a weight is
 * missing or has another shape, or the picture is not whole patches.
 */
export function ditGraphs(config: TransformerConfig, weights: WeightSource, options: DitOptions): DitGraphs {
  const size = ditSize(config, options);
  const { blocksPerGraph = config.layers } = options;
  const tables = rotaryTables(config, size);
  const writer = { config, weights, options, size, tables };
  const firsts = Array.from({ length: Math.ceil(config.layers / blocksPerGraph) }, (_, part) => part * blocksPerGraph);
  const parts = firsts.map((first) => writePart(writer, first, Math.min(first + blocksPerGraph, config.layers)));
  return { parts, size, inputs: inputDims(size, config), output: outputDims(size, config) };
}

interface Tables {
  readonly frames: RotaryTable;
  readonly views?: RotaryTable;
}

function rotaryTables(config: TransformerConfig, { kind, views, frames, grid, textTokens }: DitSize): Tables {
  const table = (first: number): RotaryTable =>
    afterUnturned(textTokens, rotaryTable(first, grid, trainedGrid(config), config.headSize));
  return kind === '2d' ? { frames: table(frames) } : { frames: table(frames), views: table(views) };
}

interface Writer {
  readonly config: TransformerConfig;
  readonly weights: WeightSource;
  readonly options: DitOptions;
  readonly size: DitSize;
  readonly tables: Tables;
}

/** Blocks `first` up to `last`, with what comes before the first block and after the last one of all. */
function writePart({ config, weights, options, size, tables }: Writer, first: number, last: number): DitPart {
  const name = `transformer blocks ${first} to ${last - 1}`;
  const graph = new GraphBuilder(name);
  const module = new ModuleBuilder(graph, weights, options.precision);
  const observe = observer(options);
  const blockOptions: Omit<BlockOptions, 'observe'> = {
    ...{ size, normEps: config.normEps, attention: options.attention },
    heads: { count: config.heads, size: config.headSize },
    rotary: {
      frames: rotaryValues(module, tables.frames),
      ...(tables.views === undefined ? {} : { views: rotaryValues(module, tables.views) }),
    },
  };
  const ends = { config, size, observe };
  const dims = first === 0 ? inputDims(size, config) : streamDims(size, first);
  let streams = first === 0 ? begin(module, takeInputs(module, dims), ends) : takeStreams(module, size, first);
  for (let index = first; index < last; index++) {
    const inner: Observe = (m, value, ...rest) => {
      observe(m, `block${index}_${value}`, ...rest);
    };
    observeStreams(module, inner, 'in', streams);
    streams = module.at(`transformer_blocks.${index}`, (m) => block(m, streams, { ...blockOptions, observe: inner }));
    observeStreams(module, inner, 'out', streams);
  }
  if (last === config.layers) {
    const sample = module.cast(end(module, streams, ends), options.precision, 'float32');
    graph.output(SAMPLE, sample, 'float32', outputDims(size, config));
  } else {
    giveStreams(module, streams, size, last);
  }
  return { name, model: graph.encode(), folder: weights.folder, inputs: Object.keys(dims) };
}

type Dims = Readonly<Record<string, readonly number[]>>;

/** Names of the streams before block `index`: what goes into a part must be called otherwise than what comes out of it. */
const streamNames = (index: number) => ({
  hidden: `hidden_before_${index}`,
  text: `text_before_${index}`,
  frameText: `frame_text_before_${index}`,
  temb: `temb_before_${index}`,
});

/** Shapes of the streams before block `index`. */
function streamDims(size: DitSize, index: number): Dims {
  const { kind, batch, views, frames, tokens, textTokens, channels, timeSize } = size;
  const names = streamNames(index);
  return {
    [names.hidden]: [batch, views, frames, tokens, channels],
    [names.text]: [batch, views, textTokens, channels],
    ...(kind === '4d' ? { [names.frameText]: [batch, frames, textTokens, channels] } : {}),
    [names.temb]: [batch, timeSize],
  };
}

function takeInputs(module: ModuleBuilder, dims: Dims): DitInputs {
  const take = (name: string): Value =>
    module.cast(module.graph.input(name, 'float32', dims[name] ?? []), 'float32', module.precision);
  const inputs = { hidden: take('hidden'), text: take('text'), time: take('time') };
  return 'camera' in dims ? { ...inputs, frameText: take('frame_text'), camera: take('camera') } : inputs;
}

function takeStreams(module: ModuleBuilder, size: DitSize, index: number): Streams {
  const dims = streamDims(size, index);
  const names = streamNames(index);
  const take = (name: string): Value => module.input(name, dims[name] ?? []);
  const streams = { hidden: take(names.hidden), text: take(names.text), temb: take(names.temb) };
  return size.kind === '4d' ? { ...streams, frameText: take(names.frameText) } : streams;
}

function giveStreams(module: ModuleBuilder, streams: Streams, size: DitSize, index: number): void {
  const dims = streamDims(size, index);
  const names = streamNames(index);
  for (const stream of ['hidden', 'text', 'frameText', 'temb'] as const) {
    const value = streams[stream];
    if (value !== undefined) module.output(names[stream], value, dims[names[stream]] ?? []);
  }
}

function observeStreams(module: ModuleBuilder, observe: Observe, where: 'in' | 'out', streams: Streams): void {
  const { hidden, text, frameText } = streams;
  observe(module, `${where}_hidden`, () => [hidden], 0);
  observe(module, `${where}_enc`, () => [text], 0);
  if (frameText !== undefined) observe(module, `${where}_view_enc`, () => [frameText], 0);
}

/** Gives observed values out as float32. */
function observer({ observed = () => false }: DitOptions): Observe {
  return (module, name, pieces, axis) => {
    if (!observed(name)) return;
    const value = module.cast(concat(module, pieces(), axis), module.precision, 'float32');
    module.graph.output(name, value, 'float32');
  };
}
