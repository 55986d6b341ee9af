import { MAX_PICTURE_SIZE } from '../../core/formats/cameras.ts';
import { ArgumentError } from './argument-error.ts';

type Parser<T> = (text: string) => T;

/** A whole number from `min` to `max`, in plain decimal digits. */
export function wholeNumber(flag: string, min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
      throw new ArgumentError(`${flag} takes a whole number from ${min} to ${max}, not "${text}".`);
    }
    return value;
  };
}

/** A number from `min` to `max`. */
export function decimalNumber(flag: string, min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) {
      throw new ArgumentError(`${flag} takes a number from ${min} to ${max}, not "${text}".`);
    }
    return value;
  };
}

/** One of the given words. */
export function choice<const T extends string>(flag: string, words: readonly T[]): Parser<T> {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new ArgumentError(`${flag} takes ${words.join(' or ')}, not "${text}".`);
    return found;
  };
}

/** Different view numbers, separated by commas: 5,11. */
export function viewList(flag: string): Parser<readonly number[]> {
  return (text) => {
    const parts = text.split(',').map((part) => part.trim());
    if (!parts.every((part) => /^\d{1,6}$/.test(part))) {
      throw new ArgumentError(`${flag} takes view numbers separated by commas, like 5,11, not "${text}".`);
    }
    const views = parts.map(Number);
    const twice = views.find((view, i) => views.indexOf(view) !== i);
    if (twice !== undefined) throw new ArgumentError(`${flag} names view ${twice} twice.`);
    return views;
  };
}

/** Frames "3-8", counted from 1, both included; a single number is that frame alone. */
export interface FrameRange {
  readonly first: number;
  readonly last: number;
}

export function frameRange(flag: string): Parser<FrameRange> {
  return (text) => {
    const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
    const range = { first: Number(first), last: Number(last) };
    if (!(range.first >= 1 && range.last >= range.first)) {
      throw new ArgumentError(`${flag} takes frames counted from 1, like 3-8, not "${text}".`);
    }
    return range;
  };
}

/** A picture size in pixels. One number alone is the longer side, and the other follows from the cameras. */
export type PictureSize = { readonly width: number; readonly height: number } | { readonly longerSide: number };

export function pictureSize(flag: string): Parser<PictureSize> {
  return (text) => {
    const [, first, second] = /^(\d{1,6})(?:[x×](\d{1,6}))?$/i.exec(text) ?? [];
    const sides = [first, second ?? first].map(Number);
    if (!sides.every((side) => side >= 1 && side <= MAX_PICTURE_SIZE)) {
      throw new ArgumentError(
        `${flag} takes WIDTHxHEIGHT or one number, in pixels from 1 to ${MAX_PICTURE_SIZE}, not "${text}".`,
      );
    }
    const [width = 1, height = 1] = sides;
    return second === undefined ? { longerSide: width } : { width, height };
  };
}

/** Throws unless every view of `views` exists in a clip or file that has `available`. */
export function checkViews(flag: string, views: readonly number[], available: number, where: string): void {
  const missing = views.find((view) => view >= available);
  if (missing !== undefined) {
    throw new ArgumentError(`${flag} names view ${missing}, but ${where} has views 0 to ${available - 1}.`);
  }
}
