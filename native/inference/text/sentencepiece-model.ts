import { AppError } from '../../../core/errors.ts';
import { protobufFields, type ProtobufField } from './protobuf.ts';

/** What a piece of the vocabulary is, by the numbers of SentencePiece's format. */
export const PIECE_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Piece {
  readonly text: string;
  /** Logarithm of how likely it is. */
  readonly score: number;
  readonly type: number;
}

/** How a text is changed before it is cut into pieces. */
export interface NormalizerRules {
  /** A double array trie and the replacements it leads to; empty where no character is replaced. */
  readonly charsmap: Uint8Array;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
  /** The mark of a word goes behind it instead of before it. */
  readonly whitespaceAsSuffix: boolean;
}

/** What a spiece.model holds. A piece's id is its place in the list. */
export interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  readonly normalizer: NormalizerRules;
  /** What is not in the vocabulary becomes its bytes, not the unknown piece. */
  readonly byteFallback: boolean;
}

/** Vocabularies have some 10^5 pieces; what says more is no vocabulary. */
const MAX_PIECES = 2_000_000;
const UNIGRAM = 1;

const MODEL = { piece: 1, trainer: 2, normalizer: 3 } as const;
const PIECE = { text: 1, score: 2, type: 3 } as const;
const TRAINER = { modelType: 3, whitespaceAsSuffix: 24, byteFallback: 35 } as const;
const NORMALIZER = { charsmap: 2, addDummyPrefix: 3, removeExtraWhitespaces: 4, escapeWhitespaces: 5 } as const;

/**
 * Reads a spiece.model (sentencepiece_model.proto of https://github.com/google/sentencepiece). Throws an `AppError` naming
 * `file` where it is damaged or no unigram model.
 */
export function readSentencePieceModel(bytes: Uint8Array, file: string): SentencePieceModel {
  const damaged = (cause?: unknown): AppError =>
    new AppError('bad-input', `${file} is no SentencePiece model or is damaged; fetch it again.`, cause);
  let model: SentencePieceModel;
  try {
    model = parse(bytes, file);
  } catch (error) {
    throw error instanceof RangeError || error instanceof TypeError ? damaged(error) : error;
  }
  if (model.pieces.filter(({ type }) => type === PIECE_TYPE.unknown).length !== 1) throw damaged();
  return model;
}

function parse(bytes: Uint8Array, file: string): SentencePieceModel {
  const pieces: Piece[] = [];
  let trainer: readonly ProtobufField[] = [];
  let normalizer: readonly ProtobufField[] = [];
  for (const { number, value } of protobufFields(bytes)) {
    if (number === MODEL.piece) pieces.push(readPiece(value));
    else if (number === MODEL.trainer) trainer = [...protobufFields(asBytes(value))];
    else if (number === MODEL.normalizer) normalizer = [...protobufFields(asBytes(value))];
    if (pieces.length > MAX_PIECES) throw new RangeError(`It has more than ${MAX_PIECES} pieces.`);
  }
  if (last(trainer, TRAINER.modelType, UNIGRAM) !== UNIGRAM) {
    throw new AppError('bad-input', `${file} is not of the unigram kind that T5 has; choose T5's own file.`);
  }
  return {
    pieces,
    normalizer: {
      charsmap: asBytes(last(normalizer, NORMALIZER.charsmap, new Uint8Array())),
      addDummyPrefix: last(normalizer, NORMALIZER.addDummyPrefix, 1) !== 0,
      removeExtraWhitespaces: last(normalizer, NORMALIZER.removeExtraWhitespaces, 1) !== 0,
      escapeWhitespaces: last(normalizer, NORMALIZER.escapeWhitespaces, 1) !== 0,
      whitespaceAsSuffix: last(trainer, TRAINER.whitespaceAsSuffix, 0) !== 0,
    },
    byteFallback: last(trainer, TRAINER.byteFallback, 0) !== 0,
  };
}

function readPiece(message: number | Uint8Array): Piece {
  let text = '';
  let score = 0;
  let type: number = PIECE_TYPE.normal;
  for (const { number, value } of protobufFields(asBytes(message))) {
    if (number === PIECE.text) text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(asBytes(value));
    else if (number === PIECE.score) score = asFloat(value);
    else if (number === PIECE.type && typeof value === 'number') type = value;
  }
  if (text === '' || !Number.isFinite(score)) throw new RangeError(`The piece "${text}" has the score ${score}.`);
  return { text, score, type };
}

/** The value of the field that is written last, as the format wants it where one is there twice. */
function last(fields: readonly ProtobufField[], number: number, absent: number | Uint8Array): number | Uint8Array {
  return fields.findLast((field) => field.number === number)?.value ?? absent;
}

function asBytes(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') throw new TypeError('A number stands where bytes belong.');
  return value;
}

function asFloat(value: number | Uint8Array): number {
  const bytes = asBytes(value);
  if (bytes.length !== 4) throw new TypeError('A float has not 4 bytes.');
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}
