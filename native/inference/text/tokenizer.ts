import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readInput, tellingWhy } from '../../files/read.ts';
import { addedTokens, type AddedToken, type TokenizerFile } from './added-tokens.ts';
import { SentencePiece } from './sentencepiece.ts';

const END = '</s>';
const PAD = '<pad>';
/** Characters of a prompt: the network sees some thousand at the most. */
const MAX_PROMPT = 20_000;

/** T5's own have 0.8 MB. */
const MAX_FILE_BYTES = 64_000_000;

const MODEL_FILE = 'spiece.model';
const CONFIG_FILE = 'tokenizer_config.json';
const ADDED_FILE = 'added_tokens.json';

/**
 * T5's tokenizer: tokens such as `<extra_id_0>` are found in the text as they stand, what is between them is cut into pieces by
 * SentencePiece, and the text is closed by an end token.
 */
export class Tokenizer {
  /** Changes with every byte of the files that the ids depend on. */
  readonly fingerprint: string;
  readonly #sentencePiece: SentencePiece;
  readonly #added: ReadonlyMap<string, AddedToken>;
  readonly #addedPattern: RegExp | undefined;
  readonly #end: number;
  readonly #pad: number;

  constructor(sentencePiece: SentencePiece, added: readonly AddedToken[], fingerprint: string, file: string) {
    const idOf = (piece: string): number => {
      const id = sentencePiece.idOf(piece);
      if (id === undefined)
        throw new AppError('bad-input', `${file} has no piece ${piece}, which T5's has; fetch it again.`);
      return id;
    };
    this.fingerprint = fingerprint;
    this.#sentencePiece = sentencePiece;
    this.#added = new Map(added.map((token) => [token.text, token]));
    // Of two that begin alike the longer one is meant.
    const longestFirst = [...this.#added.keys()].sort((a, b) => b.length - a.length).map(literally);
    this.#addedPattern = longestFirst.length === 0 ? undefined : new RegExp(`(${longestFirst.join('|')})`, 'u');
    this.#end = idOf(END);
    this.#pad = idOf(PAD);
  }

  /** The ids of the text with the end token, as many as there are. Throws an `AppError` for a text of absurd length. */
  encode(text: string): number[] {
    return this.#closed(this.#encode(text));
  }

  /** Exactly `length` ids: cut off, with the end token as the last, or filled up with padding. */
  encodePadded(text: string, length: number): number[] {
    const ids = this.#closed(this.#encode(text).slice(0, length - 1));
    return [...ids, ...new Array<number>(length - ids.length).fill(this.#pad)];
  }

  /** The text of a token. */
  pieceOf(id: number): string | undefined {
    return this.#sentencePiece.pieceOf(id) ?? [...this.#added.values()].find((token) => token.id === id)?.text;
  }

  /** An end token that the text itself ends with is not followed by another. */
  #closed(ids: number[]): number[] {
    return ids.at(-1) === this.#end ? ids : [...ids, this.#end];
  }

  #encode(text: string): number[] {
    if (text.length > MAX_PROMPT) {
      throw new AppError('bad-input', `A prompt has ${text.length} characters; shorten it to at most ${MAX_PROMPT}.`);
    }
    const parts = this.#addedPattern ? text.split(this.#addedPattern) : [text];
    // A pattern with one group splits into texts and tokens by turns.
    return parts.flatMap((part, i) => {
      const token = i % 2 === 1 ? this.#added.get(part) : undefined;
      if (token) return [token.id];
      const left = this.#added.get(parts[i - 1] ?? '')?.stripRight === true ? part.trimStart() : part;
      return this.#sentencePiece.encode(
        this.#added.get(parts[i + 1] ?? '')?.stripLeft === true ? left.trimEnd() : left,
      );
    });
  }
}

/** A pattern that only `text` itself fits. */
const literally = (text: string): string => text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');

/**
 * Opens the tokenizer folder of a checkpoint: spiece.model, tokenizer_config.json and added_tokens.json (of these either may be
 * missing). Throws an `AppError` that names the file that is missing, damaged or of another kind.
 */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  const model = await readFile(join(folder, MODEL_FILE));
  const config = await readIfThere(join(folder, CONFIG_FILE));
  const added = await readIfThere(join(folder, ADDED_FILE));
  const sentencePiece = new SentencePiece(model.bytes, model.path);
  const tokens = addedTokens({ ...(config && { config }), ...(added && { added }) }, sentencePiece);
  const hash = createHash('sha256');
  for (const file of [model, config, added]) hash.update(`${file?.bytes.length ?? 'none'}\n`).update(file?.bytes ?? '');
  return new Tokenizer(sentencePiece, tokens, hash.digest('hex'), model.path);
}

async function readFile(path: string): Promise<TokenizerFile> {
  const { size } = await tellingWhy(path, () => stat(path));
  if (size > MAX_FILE_BYTES) {
    throw new AppError('bad-input', `${path} has ${size} bytes, far more than a tokenizer's; fetch it again.`);
  }
  return { path, bytes: await readInput(path) };
}

async function readIfThere(path: string): Promise<TokenizerFile | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return undefined;
    throw error;
  }
}
