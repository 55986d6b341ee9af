import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../../core/errors.ts';
import { asTask, type OnProgress } from '../../../core/progress.ts';
import { int32Tensor, numbersOf, type Tensor } from '../../onnx/tensor.ts';
import type { TextEncoderConfig } from '../configs.ts';
import type { Precision } from '../graphs/module-builder.ts';
import type { Graph, Runtime, Tensors } from '../runtime/session.ts';
import type { WeightSource } from '../weights.ts';
import { blockGroups, encoderGraph } from './t5-graphs.ts';
import { openTokenizer, type Tokenizer } from './tokenizer.ts';

/** The text part of a checkpoint. */
export interface TextEncoder {
  readonly config: TextEncoderConfig;
  readonly weights: WeightSource;
  /** Folder with spiece.model and, where they are there, tokenizer_config.json and added_tokens.json. */
  readonly tokenizerFolder: string;
}

export interface EncodeOptions {
  /** How many tokens every prompt is cut off or filled up to. */
  readonly tokens: number;
  readonly precision: Precision;
  /** How many blocks are loaded at once: fewer take less memory. */
  readonly blocksPerGraph: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * The embeddings of prompts, float32 [prompts, tokens, width], as CharacterShot wants them: without a mask, so that the padding is
 * part of them. Nothing of the encoder is held afterwards. Throws an `AppError` for a tokenizer or weights that do not fit,
 * for a prompt of absurd length, and with code 'cancelled' when the signal aborts.
 */
export async function encodePrompts(
  runtime: Runtime,
  encoder: TextEncoder,
  prompts: readonly string[],
  options: EncodeOptions,
): Promise<Tensor> {
  return encodeWith(await openTokenizer(encoder.tokenizerFolder), runtime, encoder, prompts, options);
}

/** `encodePrompts` with a tokenizer that is open already. */
export async function encodeWith(
  tokenizer: Tokenizer,
  runtime: Runtime,
  { config, weights }: TextEncoder,
  prompts: readonly string[],
  { tokens, precision, blocksPerGraph, signal, onProgress }: EncodeOptions,
): Promise<Tensor> {
  const ids = prompts.flatMap((prompt) => tokenizer.encodePadded(prompt, tokens));
  if (ids.some((id) => id >= config.vocabulary)) {
    throw new AppError(
      'bad-input',
      `The tokenizer has ids up to ${Math.max(...ids)}, the text encoder only ${config.vocabulary}; take both from one checkpoint.`,
    );
  }
  const size = { prompts: prompts.length, tokens };
  const begin = { task: 'Encoding the prompts', total: config.layers, unit: 'blocks' };
  const embeddings = await asTask(onProgress, begin, async (tick) => {
    let hidden: Tensor = int32Tensor(ids, [prompts.length, tokens]);
    for (const group of blockGroups(config, blocksPerGraph)) {
      // A run holds up this thread; an abort that was sent meanwhile arrives here.
      await setImmediate();
      if (signal?.aborted) throw new AppError('cancelled', 'Encoding the prompts was stopped.', signal.reason);
      const inputs = group.from === 0 ? { ids: hidden } : { stream: hidden };
      hidden = await runOnce(runtime, encoderGraph(weights, config, group, size, precision), inputs);
      tick(group.to);
    }
    return hidden;
  });
  if (numbersOf(embeddings).every(Number.isFinite)) return embeddings;
  throw new AppError(
    'failed',
    `The text encoder gives no finite numbers in ${precision}; choose another precision or fetch its weights again.`,
  );
}

async function runOnce(runtime: Runtime, graph: Graph, inputs: Tensors): Promise<Tensor> {
  const session = await runtime.load(graph);
  try {
    const { hidden } = await session.run(inputs);
    if (!hidden) throw new Error(`${graph.name} gave no hidden states.`);
    return hidden;
  } finally {
    await session.release();
  }
}
