import { cacheFolder } from '../../onnx/cache-folder.ts';
import { cached } from '../../onnx/cached.ts';
import { ELEMENT_SIZE, elementCount, type Tensor } from '../../onnx/tensor.ts';
import type { Runtime } from '../runtime/session.ts';
import { encodeWith, type EncodeOptions, type TextEncoder } from './encode-prompts.ts';
import { openTokenizer } from './tokenizer.ts';

export interface KnownTextEncoder extends TextEncoder {
  /** What tells its weights from others without reading them: names, sizes and times of its files. */
  readonly identity: string;
}

export interface PromptEmbeddingsOptions extends EncodeOptions {
  readonly cacheFolder?: string;
}

/** Changes with how the encoder computes, so that what an earlier version left behind is not taken for this one's. */
const VERSION = 1;

/**
 * `encodePrompts`, kept in the cache: the same prompts with the same encoder do not load it again. Errors are those of
 * `encodePrompts`; a damaged cache is made anew.
 */
export async function promptEmbeddings(
  runtime: Runtime,
  encoder: KnownTextEncoder,
  prompts: readonly string[],
  options: PromptEmbeddingsOptions,
): Promise<Tensor> {
  const tokenizer = await openTokenizer(encoder.tokenizerFolder);
  const { tokens, precision } = options;
  const { config, identity } = encoder;
  const key = JSON.stringify([VERSION, prompts, tokens, precision, config, identity, tokenizer.fingerprint]);
  const encode = async (): Promise<Uint8Array> =>
    (await encodeWith(tokenizer, runtime, encoder, prompts, options)).bytes;
  const folder = options.cacheFolder ?? cacheFolder();
  const bytes = await cached('prompts', [key], encode, folder);
  const dims = [prompts.length, tokens, config.width];
  if (bytes.length !== elementCount(dims) * ELEMENT_SIZE.float32) {
    throw new RangeError(`The embeddings of ${prompts.length} prompts have ${bytes.length} bytes.`);
  }
  return { type: 'float32', dims, bytes };
}
