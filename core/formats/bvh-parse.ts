import { AppError } from '../errors.ts';

export interface BvhChannel {
  readonly kind: 'position' | 'rotation';
  readonly axis: 0 | 1 | 2;
  /** Index among the values of a frame. */
  readonly index: number;
}

export interface BvhJoint {
  /** End sites are called after the joint they end: "Head end". */
  readonly name: string;
  /** Index of the parent, which comes first, or -1. */
  readonly parent: number;
  readonly offset: readonly [x: number, y: number, z: number];
  readonly channels: readonly BvhChannel[];
}

/** A BVH file as it stands. Rotations are in degrees. */
export interface Bvh {
  readonly joints: readonly BvhJoint[];
  readonly channelCount: number;
  readonly frameCount: number;
  readonly fps: number;
  /** [frameCount, channelCount]. */
  readonly values: Float64Array;
}

const MAX_JOINTS = 2000;
/** As many as poses.json may hold. */
const MAX_FRAMES = 216_000;
/** 160 MB: an hour of a full body at 30 frames a second. */
const MAX_VALUES = 20_000_000;
/** Beyond, a coordinate is damage and not a place. */
const MAX_NUMBER = 1e7;

/** Parses a BVH file. Throws an `AppError` that names the line. */
export function parseBvh(text: string, name: string): Bvh {
  const reader = new Reader(text, name);
  const { joints, channelCount } = readHierarchy(reader);
  reader.expect('MOTION');
  reader.expect('Frames:');
  const frameCount = reader.number('the number of frames');
  reader.expect('Frame');
  reader.expect('Time:');
  const frameTime = reader.number('the time of a frame');
  if (!Number.isInteger(frameCount) || frameCount < 1)
    throw reader.wrong(`announces ${frameCount} frames; it needs 1 or more`);
  if (frameCount > MAX_FRAMES) throw reader.wrong(`announces ${frameCount} frames; at most ${MAX_FRAMES} are read`);
  if (frameCount * channelCount > MAX_VALUES) {
    throw reader.wrong(
      `announces ${frameCount} frames of ${channelCount} channels, more than are read; cut the motion into parts`,
    );
  }
  if (!(frameTime >= 1e-3 && frameTime <= 10)) {
    throw reader.wrong(`has a frame time of ${frameTime} seconds; it must be between 0.001 and 10`);
  }
  const values = reader.values(frameCount, channelCount);
  return { joints, channelCount, frameCount, fps: rateOf(frameTime), values };
}

/** Frame times are often rounded: 0.0083333 stands for 120 frames a second. */
function rateOf(frameTime: number): number {
  const rate = 1 / frameTime;
  return Math.abs(rate - Math.round(rate)) < 1e-3 * rate ? Math.round(rate) : rate;
}

interface OpenJoint {
  name: string;
  parent: number;
  offset: [number, number, number];
  channels: BvhChannel[];
}

function readHierarchy(reader: Reader): { joints: readonly BvhJoint[]; channelCount: number } {
  const joints: OpenJoint[] = [];
  const open: number[] = []; // joints whose braces are not closed yet
  let channelCount = 0;
  reader.expect('HIERARCHY');
  do {
    const word = reader.word();
    const current = joints[open.at(-1) ?? -1];
    switch (word.toUpperCase()) {
      case 'ROOT':
      case 'JOINT':
      case 'END': {
        const rest = reader.restOfLine();
        const joint = word.toUpperCase() === 'END' ? `${current?.name ?? ''} end` : rest;
        if (open.length === 0 && joints.length > 0) throw reader.wrong('has a second root; keep one person in a file');
        if (joints.length >= MAX_JOINTS) throw reader.wrong(`has more than ${MAX_JOINTS} joints`);
        reader.expect('{');
        joints.push({ name: joint, parent: open.at(-1) ?? -1, offset: [0, 0, 0], channels: [] });
        open.push(joints.length - 1);
        break;
      }
      case 'OFFSET':
        if (!current) throw reader.wrong('has an OFFSET outside of a joint');
        current.offset = [reader.number('an OFFSET'), reader.number('an OFFSET'), reader.number('an OFFSET')];
        break;
      case 'CHANNELS': {
        if (!current) throw reader.wrong('has CHANNELS outside of a joint');
        const count = reader.number('the number of channels');
        if (!(count >= 0 && count <= 6)) throw reader.wrong(`gives a joint ${count} channels; at most 6 are known`);
        for (let i = 0; i < count; i++) current.channels.push(channelOf(reader, channelCount++));
        break;
      }
      case '}':
        if (open.pop() === undefined) throw reader.wrong('closes a brace that is not open');
        break;
      default:
        throw reader.wrong(
          word === '' ? 'ends within its hierarchy' : `has "${word.slice(0, 40)}" where a joint is described`,
        );
    }
  } while (open.length > 0);
  if (channelCount === 0) throw reader.wrong('has no channels, and so no motion');
  return { joints, channelCount };
}

function channelOf(reader: Reader, index: number): BvhChannel {
  const word = reader.word();
  const match = /^([xyz])(position|rotation)$/i.exec(word);
  if (!match) throw reader.wrong(`has a channel "${word.slice(0, 40)}"; known are Xposition to Zrotation`);
  const axis = 'xyz'.indexOf((match[1] ?? '').toLowerCase()) as 0 | 1 | 2;
  return { kind: match[2]?.toLowerCase() === 'position' ? 'position' : 'rotation', axis, index };
}

const isSpace = (code: number): boolean => code <= 32 || code === 0xfeff;
const BRACES = new Set(['{'.charCodeAt(0), '}'.charCodeAt(0)]);

/** Words of a text, one after the other: a file of a hundred megabytes is never held as a list of them. */
class Reader {
  readonly #text: string;
  readonly #name: string;
  #at = 0;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  /** The error that the file, at the line reached, is wrong in that way. */
  wrong(problem: string): AppError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new AppError('bad-input', `${this.#name} ${problem} (line ${line}).`);
  }

  /** The next word, braces being words of their own; empty at the end. */
  word(): string {
    while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    const start = this.#at;
    while (this.#at < this.#text.length) {
      const code = this.#text.charCodeAt(this.#at);
      if (isSpace(code)) break;
      if (BRACES.has(code)) {
        if (this.#at === start) this.#at++;
        break;
      }
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  expect(word: string): void {
    const found = this.word();
    if (found.toUpperCase() === word.toUpperCase()) return;
    throw this.wrong(`is no complete BVH file: "${word}" is missing, "${found.slice(0, 40)}" is there`);
  }

  /** Names may hold spaces, so that they end with the line or at a brace. */
  restOfLine(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && !'\r\n{'.includes(this.#text.charAt(this.#at))) this.#at++;
    return this.#text.slice(start, this.#at).trim();
  }

  number(what: string): number {
    const word = this.word();
    const value = Number(word);
    if (word !== '' && Number.isFinite(value)) return value;
    throw this.wrong(word === '' ? `ends before ${what}` : `has "${word.slice(0, 40)}" as ${what}`);
  }

  /** The numbers of all frames. The text is counted before memory is taken for what it announces. */
  values(frameCount: number, channelCount: number): Float64Array {
    if ((this.#text.length - this.#at) / 2 + 1 < frameCount * channelCount) {
      throw this.wrong(`announces ${frameCount} frames but is too short for them; it was not written completely`);
    }
    const values = new Float64Array(frameCount * channelCount);
    for (let i = 0; i < values.length; i++) {
      const word = this.word();
      const value = Number(word);
      if (word === '') {
        const whole = Math.floor(i / channelCount);
        throw this.wrong(`announces ${frameCount} frames but holds ${whole}; it was not written completely`);
      }
      if (!(Math.abs(value) <= MAX_NUMBER))
        throw this.wrong(`has "${word.slice(0, 40)}" where frame ${Math.floor(i / channelCount)} needs a number`);
      values[i] = value;
    }
    return values;
  }
}
