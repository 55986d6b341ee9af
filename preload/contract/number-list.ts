import { z } from 'zod';
import type { PackedPose } from '../../core/document/packed-pose.ts';

// zod's own arrays make a value of each number, which takes half a second for the million numbers of a long motion. These take
// some milliseconds, and name the first number that does not hold.

interface ListRules<Other> {
  /** Bounds of each number, on both sides of 0. */
  readonly largest: number;
  /** How many there may be. */
  readonly most: number;
  /** What else an entry may be. */
  readonly other?: Other;
  /** What is wrong with a list of this length; undefined: nothing. */
  readonly fault?: (length: number) => string | undefined;
}

/** A list of finite numbers. */
export const numberList = <Other extends null = never>(rules: ListRules<Other>) =>
  z.custom<(number | Other)[]>().check(({ value, issues }) => {
    const fault = listFault(value, rules);
    if (fault) issues.push({ code: 'custom', input: value, ...fault });
  });

interface Fault {
  readonly path: number[];
  readonly message: string;
}

function listFault(value: unknown, { largest, most, other, fault }: ListRules<null>): Fault | undefined {
  if (!Array.isArray(value)) return { path: [], message: 'a list of numbers is expected' };
  if (value.length > most) return { path: [], message: `at most ${most} numbers are expected` };
  const message = fault?.(value.length);
  if (message !== undefined) return { path: [], message };
  for (let index = 0; index < value.length; index++) {
    const entry: unknown = value[index];
    // NaN is not within bounds, and what is no number is none.
    if (typeof entry === 'number' ? Math.abs(entry) <= largest : other !== undefined && entry === other) continue;
    return { path: [index], message: expected(largest) };
  }
  return undefined;
}

type Numbers = Pick<PackedPose, 'keypoints' | 'depths' | 'original' | 'unfitted' | 'numbers'>;

/** What is wrong with the numbers of a packed pose; undefined: nothing. */
export function packedFault(
  { keypoints, depths, original, unfitted, numbers }: Numbers,
  largest: number,
): string | undefined {
  const own = unfitted?.keypoints ?? 0;
  if (keypoints % 3 !== 0 || (original ?? 0) % 3 !== 0 || own % 3 !== 0) return 'keypoints come in threes';
  const middle = keypoints + (depths ?? 0);
  const ownMiddle = middle + (original ?? 0) + own;
  if (numbers.length !== ownMiddle + (unfitted?.depths ?? 0)) return 'a pose has as many numbers as it says';
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] ?? NaN;
    if (Math.abs(number) <= largest) continue;
    const isDepth = (index >= keypoints && index < middle) || index >= ownMiddle;
    if (Number.isNaN(number) && isDepth) continue;
    return `number ${index}: ${expected(largest)}`;
  }
  return undefined;
}

const expected = (largest: number): string => `a number from -${largest} to ${largest} is expected`;
