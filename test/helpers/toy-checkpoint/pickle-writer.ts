/** Writes the operations of a pickle of protocol 2, as far as torch.save uses them for tensors. */
export class PickleWriter {
  readonly #parts: Buffer[] = [Buffer.from([0x80, 2])];
  readonly #known = new Map<string, number>();

  /** Names of a module are remembered and recalled, as Python's pickler does with them. */
  global(module: string, name: string): void {
    const key = `${module}.${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.op('h', Buffer.from([known]));
      return;
    }
    this.op('c', Buffer.from(`${module}\n${name}\n`));
    this.#known.set(key, this.#known.size);
    this.op('q', Buffer.from([this.#known.size - 1]));
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    this.op('X', length, bytes);
  }

  /** 0 or more, below 2 ** 31. */
  whole(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    if (value < 0x100) this.op('K', bytes.subarray(0, 1));
    else if (value < 0x10000) this.op('M', bytes.subarray(0, 2));
    else this.op('J', bytes);
  }

  wholes(values: readonly number[]): void {
    this.tuple(() => {
      for (const value of values) this.whole(value);
    });
  }

  tuple(items: () => void): void {
    this.op('(');
    items();
    this.op('t');
  }

  /** A dict without entries. */
  orderedDict(): void {
    this.global('collections', 'OrderedDict');
    this.op(')');
    this.op('R');
  }

  op(letter: string, ...operands: readonly Uint8Array[]): void {
    this.#parts.push(Buffer.from(letter, 'latin1'), ...operands.map((bytes) => Buffer.from(bytes)));
  }

  finish(): Buffer {
    this.op('.');
    return Buffer.concat(this.#parts);
  }
}
