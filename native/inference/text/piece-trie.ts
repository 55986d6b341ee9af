/** Strings of bytes with a number each, found from the beginning of a text. */
export class PieceTrie {
  /** The child of a node by its byte, under node * 256 + byte; node 0 is the root. */
  readonly #children = new Map<number, number>();
  readonly #values = new Map<number, number>();

  /** A string that is added twice keeps its first number, as the first of equal pieces counts. */
  add(bytes: Uint8Array, value: number): void {
    let node = 0;
    for (const byte of bytes) {
      const key = node * 256 + byte;
      let child = this.#children.get(key);
      if (child === undefined) this.#children.set(key, (child = this.#children.size + 1));
      node = child;
    }
    if (!this.#values.has(node)) this.#values.set(node, value);
  }

  /** The strings that `text` goes on with from `start`, from the shortest to the longest. */
  *matches(text: Uint8Array, start: number): Generator<{ readonly end: number; readonly value: number }> {
    let node: number | undefined = 0;
    for (let at = start; at < text.length;) {
      node = this.#children.get(node * 256 + (text[at++] ?? 0));
      if (node === undefined) return;
      const value = this.#values.get(node);
      if (value !== undefined) yield { end: at, value };
    }
  }
}
