import { describe, expect, it } from 'vitest';
import { ArgumentError } from './argument-error.ts';
import { checkViews, choice, decimalNumber, frameRange, pictureSize, viewList, wholeNumber } from './arguments.ts';

const whole = wholeNumber('--n', 1, 100);
const decimal = decimalNumber('--n', 0, 1);
const word = choice('--n', ['draft', 'standard']);
const views = viewList('--n');
const range = frameRange('--n');
const size = pictureSize('--n');

describe('arguments that make sense', () => {
  it.each<[string, (text: string) => unknown, unknown]>([
    ['1', whole, 1],
    ['100', whole, 100],
    ['0', decimal, 0],
    ['.5', decimal, 0.5],
    ['1', decimal, 1],
    ['draft', word, 'draft'],
    ['5', views, [5]],
    ['11, 5', views, [11, 5]],
    ['3-8', range, { first: 3, last: 8 }],
    ['7', range, { first: 7, last: 7 }],
    ['480', size, { longerSide: 480 }],
    ['640x360', size, { width: 640, height: 360 }],
  ])('%s', (text, parse, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});

describe('nonsense is refused, naming the argument and what was given', () => {
  it.each<[string, (text: string) => unknown]>(
    [
      ...['', '0', '101', '-1', '1.5', '1e1', 'NaN', '0x10', ' 5', '5 ', '10x', 'Infinity'].map(
        (text) => [text, whole] as const,
      ),
      ...['-0.1', '1.1', 'NaN', '', '.', '1,0', 'half'].map((text) => [text, decimal] as const),
      ...['', 'Draft', 'toString'].map((text) => [text, word] as const),
      ...['', '5,', ',5', '-1', '5,5', '05,5', '1.5', 'a'].map((text) => [text, views] as const),
      ...['', '0-3', '8-3', '1-', '-3', 'a-b', '1-2-3'].map((text) => [text, range] as const),
      ...['0', '10x', 'x10', '10x0', '-5', '1.5', '10x10x10', '99999', ''].map((text) => [text, size] as const),
    ].map(([text, parse]) => [text, parse]),
  )('"%s"', (text, parse) => {
    expect(() => parse(text)).toThrow(ArgumentError);
    expect(() => parse(text)).toThrow('--n');
  });
});

describe('checkViews', () => {
  it('names the view that is not there', () => {
    expect(() => {
      checkViews('--holdout', [3, 21], 21, 'clip/');
    }).toThrow('--holdout names view 21, but clip/ has views 0 to 20.');
    expect(() => {
      checkViews('--holdout', [20], 21, 'clip/');
    }).not.toThrow();
  });
});
