import { describe, expect, it } from 'vitest';
import { applyDiff, compareRecords, isEmptyDiff, reverseDiff, squashDiffs, type Records } from './records.ts';

interface Item {
  readonly id: string;
  readonly value: number;
}
const item = (id: string, value: number): Item => ({ id, value });
const records = (...items: Item[]): Records<Item> => new Map(items.map((each) => [each.id, each]));

const a1 = item('a', 1);
const a2 = item('a', 2);
const a3 = item('a', 3);
const b1 = item('b', 1);

describe('changes of records', () => {
  it.each([
    ['an addition', records(a1), records(a1, b1)],
    ['a replacement', records(a1, b1), records(a2, b1)],
    ['a removal', records(a1, b1), records(b1)],
    ['all at once', records(a1), records(b1)],
  ])('%s goes forth and back', (_, before, after) => {
    const diff = compareRecords(before, after);
    expect(applyDiff(before, diff)).toEqual(after);
    expect(applyDiff(after, reverseDiff(diff))).toEqual(before);
  });

  it.each([
    ['two replacements', records(a1), records(a2), records(a3)],
    ['an addition that is replaced', records(), records(a1), records(a2)],
    ['an addition that is removed', records(b1), records(a1, b1), records(b1)],
    ['a removal that is brought back otherwise', records(a1), records(), records(a2)],
  ])('%s become one', (_, before, between, after) => {
    const squashed = squashDiffs(compareRecords(before, between), compareRecords(between, after));
    expect(squashed).toEqual(compareRecords(before, after));
  });

  it('a change and its reverse are none', () => {
    const diff = compareRecords(records(a1), records(a2, b1));
    expect(isEmptyDiff(squashDiffs(diff, reverseDiff(diff)))).toBe(true);
  });
});
