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
const MAX_ID = 10_000_000;

export interface AddedTokenFiles {
  /** tokenizer_config.json and added_tokens.json: path and bytes of those that are there. */
  readonly config?: { readonly path: string; readonly bytes: Uint8Array };
  readonly added?: { readonly path: string; readonly bytes: Uint8Array };
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
    for (const [text, id] of Object.entries(record(added.bytes, added.path)))
      tokens.set(text, sentinel(text, id, added.path));
  } else {
    const count = config ? (configured?.extra_ids ?? EXTRA_IDS) : EXTRA_IDS;
    if (!isId(count) || count > MAX_ID) throw damaged(config?.path ?? '', 'extra_ids');
    for (let n = 0; n < Math.min(count, 1000); n++) {
      const text = `<extra_id_${n}>`;
      tokens.set(text, sentinel(text, vocabulary.size + count - 1 - n, ''));
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

function sentinel(text: string, id: unknown, path: string): AddedToken {
  if (!isId(id) || text === '') throw damaged(path, text);
  return { text, id, stripLeft: true, stripRight: true };
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
