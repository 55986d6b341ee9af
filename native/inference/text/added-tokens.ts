import { isRecord, parseJson, type JsonRecord } from '../../../core/formats/json.ts';
import { AppError } from '../../../core/errors.ts';

/** A token that is found in the text itself, before it is cut into pieces. */
export interface AddedToken {
  readonly text: string;
  readonly id: number;
  /** Spaces before and behind it belong to it. */
  readonly stripLeft: boolean;
  readonly stripRight: boolean;
}

/** T5 has this many sentinels where the configuration does not say. */
const EXTRA_IDS = 100;
const CONTROL = ['<pad>', '</s>', '<unk>'];
const MAX_EXTRA_IDS = 10_000;
const MAX_ID = 10_000_000;

export interface TokenizerFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface AddedTokenFiles {
  /** tokenizer_config.json, where it is there. */
  readonly config?: TokenizerFile;
  /** added_tokens.json, where it is there. */
  readonly added?: TokenizerFile;
}

/**
 * The tokens that T5's tokenizer finds in a text as they stand: those that tokenizer_config.json lists; in older folders those of
 * added_tokens.json; else the sentinels `<extra_id_N>`, whose ids follow the vocabulary backwards; and in any case the vocabulary's control
 * pieces. Throws an `AppError` naming the file that is damaged.
 */
export function addedTokens(
  { config, added }: AddedTokenFiles,
  vocabulary: { readonly size: number; idOf(piece: string): number | undefined },
): AddedToken[] {
  const configured = config && record(config.bytes, config.path);
  const tokens = new Map<string, AddedToken>();
  for (const text of CONTROL) {
    const id = vocabulary.idOf(text);
    if (id !== undefined) tokens.set(text, { text, id, stripLeft: false, stripRight: false });
  }
  const listed = configured?.added_tokens_decoder;
  if (config && listed !== undefined) {
    for (const token of decoderTokens(listed, config.path)) tokens.set(token.text, token);
  } else if (added) {
    for (const [text, id] of Object.entries(record(added.bytes, added.path))) {
      if (!isId(id) || text === '') throw damaged(added.path, `id of "${text}"`);
      tokens.set(text, { text, id, stripLeft: true, stripRight: true });
    }
  } else {
    const count = configured?.extra_ids ?? EXTRA_IDS;
    if (!isId(count) || count > MAX_EXTRA_IDS) throw damaged(config?.path ?? '', 'extra_ids');
    for (let n = 0; n < count; n++) {
      const text = `<extra_id_${n}>`;
      tokens.set(text, { text, id: vocabulary.size + count - 1 - n, stripLeft: true, stripRight: true });
    }
  }
  return [...tokens.values()];
}

/** tokenizer_config.json's list by id: {"32000": {"content", "lstrip", "rstrip", ...}}. */
function decoderTokens(listed: unknown, path: string): AddedToken[] {
  if (!isRecord(listed)) throw damaged(path, 'added_tokens_decoder');
  return Object.entries(listed).map(([key, token]) => {
    const id = Number(key);
    if (!isRecord(token) || typeof token.content !== 'string' || token.content === '' || !isId(id)) {
      throw damaged(path, `added_tokens_decoder ${key}`);
    }
    return { text: token.content, id, stripLeft: token.lstrip === true, stripRight: token.rstrip === true };
  });
}

const isId = (id: unknown): id is number =>
  typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 && id <= MAX_ID;

function record(bytes: Uint8Array, path: string): JsonRecord {
  const parsed = parseJson(bytes, path);
  if (!isRecord(parsed)) throw new AppError('bad-input', `${path} is no JSON object; fetch it again.`);
  return parsed;
}

const damaged = (path: string, what: string): AppError =>
  new AppError('bad-input', `${path} has no usable ${what}; fetch it again.`);
