import { CharacterMap } from './character-map.ts';
import type { PieceTrie } from './piece-trie.ts';
import type { NormalizerRules } from './sentencepiece-model.ts';
import { characterEnd } from './utf8.ts';

const SPACE = 0x20;
/** What stands for a space within pieces: U+2581. */
export const WORD_MARK = '▁';
const MARK_BYTES = Buffer.from(WORD_MARK);
/** Unicode's longest replacement has 33 bytes for 3. A damaged table can have far longer ones. */
const MOST_BYTES_PER_BYTE = 32;

/** Brings a text into the form that the pieces were learnt from: SentencePiece's normaliser. Texts are UTF-8. */
export class Normalizer {
  readonly #rules: NormalizerRules;
  readonly #map: CharacterMap | undefined;
  readonly #verbatim: PieceTrie;
  readonly #space: Uint8Array;

  /** `verbatim` holds what no rule changes. Throws a RangeError where the table of characters is damaged. */
  constructor(rules: NormalizerRules, verbatim: PieceTrie) {
    this.#rules = rules;
    this.#map = rules.charsmap.length === 0 ? undefined : new CharacterMap(rules.charsmap);
    this.#verbatim = verbatim;
    this.#space = rules.escapeWhitespaces ? MARK_BYTES : Uint8Array.of(SPACE);
  }

  /** Throws a RangeError where the table of characters turns out to be damaged. */
  normalize(text: Uint8Array): Uint8Array {
    const { addDummyPrefix, removeExtraWhitespaces, whitespaceAsSuffix } = this.#rules;
    const result = new ByteList(MOST_BYTES_PER_BYTE * (text.length + 1));
    let at = removeExtraWhitespaces ? this.#afterSpaces(text) : 0;
    if (at === text.length) return result.bytes;
    if (addDummyPrefix && !whitespaceAsSuffix) result.push(this.#space);
    let afterSpace = removeExtraWhitespaces;
    while (at < text.length) {
      const { bytes, end } = this.#prefix(text, at);
      at = end;
      const rest = afterSpace ? bytes.subarray(leadingSpaces(bytes)) : bytes;
      for (const byte of rest) result.push(byte === SPACE ? this.#space : Uint8Array.of(byte));
      // What is replaced by nothing leaves spaces on both sides next to each other.
      if (rest.length > 0) afterSpace = removeExtraWhitespaces && rest.at(-1) === SPACE;
    }
    if (removeExtraWhitespaces) result.dropEnd(this.#space);
    if (addDummyPrefix && whitespaceAsSuffix) result.push(this.#space);
    return result.bytes;
  }

  /** Where the text begins when the characters that become a space are left out. */
  #afterSpaces(text: Uint8Array): number {
    for (let at = 0; at < text.length;) {
      const { bytes, end } = this.#prefix(text, at);
      if (bytes.length !== 1 || bytes[0] !== SPACE) return at;
      at = end;
    }
    return text.length;
  }

  /** What the text from `start` on begins with, in its new form. */
  #prefix(text: Uint8Array, start: number): { bytes: Uint8Array; end: number } {
    const kept = [...this.#verbatim.matches(text, start)].at(-1);
    if (kept) return { bytes: text.subarray(start, kept.end), end: kept.end };
    const replaced = this.#map?.longest(text, start);
    if (replaced) return { bytes: replaced.bytes, end: start + replaced.length };
    const end = characterEnd(text, start);
    return { bytes: text.subarray(start, end), end };
  }
}

function leadingSpaces(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== SPACE);
  return first < 0 ? bytes.length : first;
}

/** Bytes that grow up to a limit, beyond which a RangeError is thrown. */
class ByteList {
  readonly #most: number;
  readonly #values: number[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#values);
  }

  push(bytes: Uint8Array): void {
    if (this.#values.length + bytes.length > this.#most)
      throw new RangeError('Replacements are longer than any known.');
    for (const byte of bytes) this.#values.push(byte);
  }

  /** Takes `bytes` off the end as often as it stands there. */
  dropEnd(bytes: Uint8Array): void {
    const ends = (): boolean =>
      this.#values.length >= bytes.length &&
      bytes.every((byte, i) => byte === this.#values[this.#values.length - bytes.length + i]);
    while (ends()) this.#values.length -= bytes.length;
  }
}
