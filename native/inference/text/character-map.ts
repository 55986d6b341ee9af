/** Bytes that a text has instead of its first `length` ones. */
export interface Replacement {
  readonly length: number;
  readonly bytes: Uint8Array;
}

/**
 * SentencePiece's table of replaced characters (mostly Unicode's NFKC): the size of a double array trie in bytes, the trie in the
 * units of https://github.com/s-yata/darts-clone, and the replacements, each closed by a zero byte, that its values point to.
 * Bytes are UTF-8.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;

  /** Throws a RangeError where `bytes` is no such table. */
  constructor(bytes: Uint8Array) {
    const size = bytes.length < 4 ? NaN : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (!(size >= 4 && size % 4 === 0 && size <= bytes.length - 4)) {
      throw new RangeError(`A trie of ${size} bytes does not fit into a table of ${bytes.length}.`);
    }
    this.#units = new Uint32Array(new Uint8Array(bytes.subarray(4, 4 + size)).buffer);
    this.#replacements = bytes.subarray(4 + size);
  }

  /** What replaces the longest known beginning of `text` from `start` on. */
  longest(text: Uint8Array, start: number): Replacement | undefined {
    let found: { length: number; value: number } | undefined;
    let place = childrenOf(this.#unit(0));
    for (let at = start; at < text.length; at++) {
      const byte = text[at] ?? 0;
      place ^= byte;
      const unit = this.#unit(place);
      if (labelOf(unit) !== byte) break;
      place ^= childrenOf(unit);
      if (hasValue(unit)) found = { length: at + 1 - start, value: valueOf(this.#unit(place)) };
    }
    return found && { length: found.length, bytes: this.#replacement(found.value) };
  }

  #unit(place: number): number {
    const unit = this.#units[place];
    if (unit === undefined) throw new RangeError(`The trie leads to its unit ${place}, which is not there.`);
    return unit;
  }

  #replacement(start: number): Uint8Array {
    const end = this.#replacements.indexOf(0, start);
    if (start >= this.#replacements.length || end < 0) throw new RangeError(`No replacement stands at ${start}.`);
    return this.#replacements.subarray(start, end);
  }
}

// The highest bit tells a value from a node, so that no label equals that of a value.
const labelOf = (unit: number): number => (unit & 0x8000_00ff) >>> 0;
const hasValue = (unit: number): boolean => (unit & 0x100) !== 0;
const valueOf = (unit: number): number => unit & 0x7fff_ffff;
/** Distance to the node's children; bit 9 says that it is counted in 256 units. */
const childrenOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
