import { AppError } from '../../../core/errors.ts';
import { Normalizer } from './normalizer.ts';
import { PieceTrie } from './piece-trie.ts';
import { PIECE_TYPE, readSentencePieceModel, type SentencePieceModel } from './sentencepiece-model.ts';
import { characterEnd } from './utf8.ts';

/** How much less likely than the least likely piece an unknown character is. */
const UNKNOWN_PENALTY = 10;
/** How much a piece of the user's is worth less than its length in likeliest pieces. */
const USER_DEFINED_PENALTY = 0.1;

/** The best way to a place in the text: the piece that ends there. */
interface Step {
  readonly start: number;
  readonly id: number;
  readonly score: number;
}

/** Cuts texts into the pieces of a spiece.model: those whose scores have the largest sum. */
export class SentencePiece {
  readonly #file: string;
  readonly #model: SentencePieceModel;
  readonly #normalizer: Normalizer;
  readonly #trie = new PieceTrie();
  readonly #ids = new Map<string, number>();
  readonly #unknown: number;
  readonly #unknownScore: number;
  readonly #mostScore: number;

  /** Takes the bytes of a spiece.model. Throws an `AppError` naming `file` where it is damaged or of another kind. */
  constructor(bytes: Uint8Array, file: string) {
    this.#file = file;
    this.#model = readSentencePieceModel(bytes, file);
    const verbatim = new PieceTrie();
    let [least, most] = [Infinity, -Infinity];
    for (const [id, { text, type, score }] of this.#model.pieces.entries()) {
      if (!this.#ids.has(text)) this.#ids.set(text, id);
      if (type === PIECE_TYPE.normal || type === PIECE_TYPE.userDefined) this.#trie.add(Buffer.from(text), id);
      if (type === PIECE_TYPE.userDefined) verbatim.add(Buffer.from(text), id);
      if (type !== PIECE_TYPE.normal) continue;
      least = Math.min(least, score);
      most = Math.max(most, score);
    }
    this.#unknown = this.#model.pieces.findIndex(({ type }) => type === PIECE_TYPE.unknown);
    this.#unknownScore = Math.fround((least < Infinity ? least : 0) - UNKNOWN_PENALTY);
    this.#mostScore = most > -Infinity ? most : 0;
    this.#normalizer = this.#sound(() => new Normalizer(this.#model.normalizer, verbatim));
  }

  get size(): number {
    return this.#model.pieces.length;
  }

  /** The id of a piece, control pieces such as "</s>" included. */
  idOf(piece: string): number | undefined {
    return this.#ids.get(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#model.pieces[id]?.text;
  }

  /** The ids of the text's pieces. Throws an `AppError` where the model turns out to be damaged. */
  encode(text: string): number[] {
    const bytes = this.#sound(() => this.#normalizer.normalize(Buffer.from(text)));
    const ids: number[] = [];
    for (const { id, start, end } of this.#bestCut(bytes)) {
      const known = id !== this.#unknown;
      if (!known && this.#model.byteFallback)
        ids.push(...Array.from(bytes.subarray(start, end), (b) => this.#byteId(b)));
      // Neighbours that are both unknown are one piece.
      else if (known || ids.at(-1) !== this.#unknown) ids.push(id);
    }
    return ids;
  }

  /** Viterbi's algorithm over the places between characters. Scores are added in float32 as SentencePiece does, so that ties fall alike. */
  #bestCut(bytes: Uint8Array): { id: number; start: number; end: number }[] {
    const best: (Step | undefined)[] = new Array<Step | undefined>(bytes.length + 1);
    const offer = (end: number, start: number, id: number, score: number): void => {
      const known = best[end];
      if (!known || score > known.score) best[end] = { start, id, score: Math.fround(score) };
    };
    for (let start = 0; start < bytes.length; start = characterEnd(bytes, start)) {
      const before = best[start]?.score ?? 0;
      const next = characterEnd(bytes, start);
      let single = false;
      for (const { end, value } of this.#trie.matches(bytes, start)) {
        offer(end, start, value, before + this.#scoreOf(value, end - start));
        single ||= end === next;
      }
      if (!single) offer(next, start, this.#unknown, Math.fround(before + this.#unknownScore));
    }
    const cut = [];
    for (let end = bytes.length; end > 0;) {
      const { start, id } = best[end] ?? { start: end - 1, id: this.#unknown };
      cut.push({ id, start, end });
      end = start;
    }
    return cut.reverse();
  }

  #scoreOf(id: number, length: number): number {
    const { type, score } = this.#model.pieces[id] ?? { type: PIECE_TYPE.normal, score: 0 };
    return type === PIECE_TYPE.userDefined ? length * this.#mostScore - USER_DEFINED_PENALTY : score;
  }

  #byteId(byte: number): number {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    return this.#ids.get(name) ?? this.#unknown;
  }

  #sound<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new AppError('bad-input', `${this.#file} has a damaged table of characters; fetch it again.`, error);
    }
  }
}
