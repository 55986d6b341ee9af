import { AppError } from '../../../../core/errors.ts';

/** What a pickle may import: names that stand for themselves until they are called. */
const GLOBALS: ReadonlySet<string> = new Set([
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  'torch.FloatStorage',
  'torch.HalfStorage',
  'torch.BFloat16Storage',
  'torch.DoubleStorage',
  'collections.OrderedDict',
]);

/** A name that a pickle imports. Nothing of that name is ever run. */
export class Global {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A Python dict; keys of state dicts are strings. */
export class Dict {
  readonly entries = new Map<Value, Value>();
}

/** A tuple or list. */
export type Value = string | number | boolean | null | Global | Dict | Value[] | Called;

/** A call that a pickle asks for: its name and arguments, to be looked at by whoever knows what they mean. */
export class Called {
  readonly name: string;
  readonly args: readonly Value[];

  constructor(name: string, args: readonly Value[]) {
    this.name = name;
    this.args = args;
  }
}

/** The name under which the place of a tensor's numbers is given as a `Called`. */
export const STORAGE = 'storage';

const damaged = (problem: string): AppError =>
  new AppError('bad-input', `its pickle is damaged (${problem}); fetch it again`);

const MARK = Symbol('mark');

/**
 * Reads one pickle of protocol 2, as far as PyTorch needs it for tensors, from `begin` on; `end` is where the next one begins.
 * Executes nothing. Throws an `AppError`, whose message is a part of a sentence, that names what is imported or asked for beyond that.
 */
export function readPickle(bytes: Uint8Array, begin = 0): { value: Value; end: number } {
  const machine = new Machine(bytes, begin);
  try {
    return { value: machine.run(), end: machine.at };
  } catch (error) {
    if (error instanceof RangeError) throw damaged('it ends early');
    throw error;
  }
}

/** The stack machine of a pickle. */
class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: (Value | typeof MARK)[] = [];
  readonly #memo = new Map<number, Value>();
  at: number;

  constructor(bytes: Uint8Array, begin: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = begin;
  }

  run(): Value {
    for (;;) {
      const code = this.#byte();
      if (code === 0x2e /* . */) return this.#pop();
      this.#step(code);
    }
  }

  /** Each case is named by the letter under which the protocol describes it. */
  #step(code: number): void {
    switch (String.fromCharCode(code)) {
      case '\x80':
        if (this.#byte() > 3) throw damaged('its protocol is newer than PyTorch writes');
        break;
      case '(':
        this.#stack.push(MARK);
        break;
      case 'N':
        this.#push(null);
        break;
      case '\x88':
        this.#push(true);
        break;
      case '\x89':
        this.#push(false);
        break;
      case 'K':
        this.#push(this.#byte());
        break;
      case 'M':
        this.#push(this.#view.getUint16(this.#skip(2), true));
        break;
      case 'J':
        this.#push(this.#view.getInt32(this.#skip(4), true));
        break;
      case '\x8a':
        this.#push(this.#long(this.#byte()));
        break;
      case 'G':
        this.#push(this.#view.getFloat64(this.#skip(8)));
        break;
      case 'X':
        this.#push(this.#text(this.#view.getUint32(this.#skip(4), true)));
        break;
      case 'c':
        this.#push(this.#global());
        break;
      case ')':
      case ']':
        this.#push([]);
        break;
      case '}':
        this.#push(new Dict());
        break;
      case 't':
        this.#push(this.#toMark());
        break;
      case '\x85':
        this.#push(this.#last(1));
        break;
      case '\x86':
        this.#push(this.#last(2));
        break;
      case '\x87':
        this.#push(this.#last(3));
        break;
      case 'q':
        this.#remember(this.#byte());
        break;
      case 'r':
        this.#remember(this.#view.getUint32(this.#skip(4), true));
        break;
      case 'h':
        this.#recall(this.#byte());
        break;
      case 'j':
        this.#recall(this.#view.getUint32(this.#skip(4), true));
        break;
      case 'a':
        this.#append(this.#last(1));
        break;
      case 'e':
        this.#append(this.#toMark());
        break;
      case 's':
        this.#setItems(this.#last(2));
        break;
      case 'u':
        this.#setItems(this.#toMark());
        break;
      case 'Q':
        this.#push(new Called(STORAGE, this.#list(this.#pop())));
        break;
      case 'R':
        this.#call();
        break;
      case 'b':
        this.#ignoreState();
        break;
      default:
        throw damaged(`it asks for operation ${code}, which tensors do not need`);
    }
  }

  #byte(): number {
    return this.#view.getUint8(this.at++);
  }

  #skip(length: number): number {
    const begin = this.at;
    this.at += length;
    return begin;
  }

  #text(length: number): string {
    const begin = this.#skip(length);
    if (this.at > this.#bytes.length) throw damaged('it ends early');
    return new TextDecoder().decode(this.#bytes.subarray(begin, this.at));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw damaged('it ends early');
    const text = this.#text(end - this.at);
    this.at++;
    return text;
  }

  /** Whole numbers beyond what JavaScript holds exactly are no sizes; the one of the old format's head may be rounded. */
  #long(length: number): number {
    let value = 0;
    const begin = this.#skip(length);
    for (let i = length - 1; i >= 0; i--) value = value * 256 + this.#view.getUint8(begin + i);
    return length > 0 && this.#view.getUint8(begin + length - 1) > 127 ? value - 256 ** length : value;
  }

  #global(): Global {
    const name = `${this.#line()}.${this.#line()}`;
    if (GLOBALS.has(name)) return new Global(name);
    throw new AppError(
      'bad-input',
      `it imports ${JSON.stringify(name.slice(0, 100))}, which weights do not need and which may do harm; get it from another source`,
    );
  }

  #push(value: Value): void {
    this.#stack.push(value);
  }

  #pop(): Value {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw damaged('its stack is empty');
    return value;
  }

  #last(count: number): Value[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #toMark(): Value[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw damaged('its stack is empty');
    const values = this.#stack.splice(mark).slice(1);
    return values as Value[]; // the last mark is gone, and there is none above it
  }

  #top(): Value {
    const value = this.#pop();
    this.#push(value);
    return value;
  }

  #remember(key: number): void {
    this.#memo.set(key, this.#top());
  }

  #recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw damaged('it recalls what it never had');
    this.#push(value);
  }

  #list(value: Value): Value[] {
    if (Array.isArray(value)) return value;
    throw damaged('a list is missing');
  }

  #append(values: readonly Value[]): void {
    const list = this.#list(this.#top());
    for (const value of values) list.push(value);
  }

  #setItems(values: readonly Value[]): void {
    const dict = this.#top();
    if (!(dict instanceof Dict) || values.length % 2 !== 0) throw damaged('a dict is missing');
    for (let i = 0; i < values.length; i += 2) dict.entries.set(values[i] ?? null, values[i + 1] ?? null);
  }

  #call(): void {
    const args = this.#list(this.#pop());
    const callee = this.#pop();
    if (!(callee instanceof Global)) throw damaged('it calls what is no function');
    this.#push(callee.name === 'collections.OrderedDict' ? new Dict() : new Called(callee.name, [...args]));
  }

  /** State dicts carry attributes of their own (the versions of modules), which say nothing about weights. */
  #ignoreState(): void {
    this.#pop();
    if (!(this.#top() instanceof Dict)) throw damaged('it gives attributes to what is no dict');
  }
}
