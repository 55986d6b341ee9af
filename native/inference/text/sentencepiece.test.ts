import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { SentencePiece } from './sentencepiece.ts';
import { PIECE_TYPE } from './sentencepiece-model.ts';

type Entry = readonly [text: string, score: number, type?: number];

const UNKNOWN: Entry = ['<unk>', 0, PIECE_TYPE.unknown];

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const flag = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];
const bytesField = (number: number, bytes: Iterable<number>): number[] => {
  const content = [...bytes];
  return [...varint(number * 8 + 2), ...varint(content.length), ...content];
};
const float = (number: number, value: number): number[] => [
  ...varint(number * 8 + 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];
const piece = ([text, score, type = PIECE_TYPE.normal]: Entry): number[] =>
  bytesField(1, [...bytesField(1, Buffer.from(text)), ...float(2, score), ...flag(3, type)]);

/** A spiece.model with these pieces, written as the format has it. */
const model = (entries: readonly Entry[], trainer: number[] = [], normalizer: number[] = []): Uint8Array =>
  Uint8Array.from([...entries.flatMap(piece), ...bytesField(2, trainer), ...bytesField(3, normalizer)]);

const cut = (text: string, entries: readonly Entry[], trainer?: number[], normalizer?: number[]): string[] => {
  const sentencePiece = new SentencePiece(model(entries, trainer, normalizer), 'spiece.model');
  return sentencePiece.encode(text).map((id) => sentencePiece.pieceOf(id) ?? '');
};

test('of all ways to cut a text the likeliest is taken', () => {
  const entries: Entry[] = [UNKNOWN, ['▁', -3], ['a', -2], ['b', -2], ['ab', -2.5], ['▁a', -4], ['ba', -1]];
  expect(cut('ab', entries)).toEqual(['▁', 'ab']);
  expect(cut('aba', entries)).toEqual(['▁a', 'ba']);
});

test('neighbours that are unknown are one piece; a character is unknown only where nothing better spans it', () => {
  const entries: Entry[] = [UNKNOWN, ['▁', -3], ['a', -2], ['éa', -50]];
  expect(cut('xya', entries)).toEqual(['▁', '<unk>', 'a']);
  // Unknown costs 10 more than the least likely piece.
  expect(cut('éa', entries)).toEqual(['▁', 'éa']);
  expect(cut('a漢字a', entries)).toEqual(['▁', 'a', '<unk>', 'a']);
});

test("what is unused is never cut out, a user's piece always", () => {
  const entries: Entry[] = [
    UNKNOWN,
    ['▁', -3],
    ['a', -2],
    ['aa', -1, PIECE_TYPE.unused],
    ['ca', -90, PIECE_TYPE.userDefined],
  ];
  expect(cut('aaca', entries)).toEqual(['▁', 'a', 'a', 'ca']);
  expect(cut('</s>a', [...entries, ['</s>', 0, PIECE_TYPE.control]])).toEqual(['▁', '<unk>', 'a']);
});

test('with byte fallback the unknown becomes its bytes', () => {
  const bytes = ['<0xC3>', '<0xA9>'].map((text): Entry => [text, 0, PIECE_TYPE.byte]);
  expect(cut('é', [UNKNOWN, ['▁', -3], ...bytes], flag(35, 1))).toEqual(['▁', '<0xC3>', '<0xA9>']);
});

test('spaces are dropped, kept and marked as the model says', () => {
  const entries: Entry[] = [UNKNOWN, ['▁', -3], [' ', -3], ['a', -2]];
  expect(cut('  a   a ', entries)).toEqual(['▁', 'a', '▁', 'a']);
  expect(cut(' a ', entries, [], flag(4, 0))).toEqual(['▁', '▁', 'a', '▁']);
  expect(cut(' a', entries, [], flag(3, 0))).toEqual(['a']);
  expect(cut('a a', entries, [], flag(5, 0))).toEqual([' ', 'a', ' ', 'a']);
  expect(cut('a a', entries, flag(24, 1))).toEqual(['a', '▁', 'a', '▁']);
  expect(cut('   ', entries)).toEqual([]);
  expect(cut('', entries)).toEqual([]);
});

/** A table of characters that replaces "A" by `replacement`. */
function charsmap(replacement: string): Uint8Array {
  const [root, letter, value] = [256, 256 ^ 0x41, 1];
  const units = new Uint32Array(512);
  units[0] = root << 10;
  units[letter] = ((letter ^ value) << 10) | 0x100 | 0x41;
  units[value] = 0x8000_0000;
  const trie = new Uint8Array(units.buffer);
  return Uint8Array.from([
    ...new Uint8Array(Uint32Array.of(trie.length).buffer),
    ...trie,
    ...Buffer.from(`${replacement}\0`),
  ]);
}

test('characters are replaced before the text is cut, by nothing too', () => {
  const entries: Entry[] = [UNKNOWN, ['▁', -3], ['a', -2], ['b', -2]];
  expect(cut('bAb', entries, [], bytesField(2, charsmap('aa')))).toEqual(['▁', 'b', 'a', 'a', 'b']);
  expect(cut('b A b', entries, [], bytesField(2, charsmap('')))).toEqual(['▁', 'b', '▁', 'b']);
  const kept: Entry[] = [...entries, ['A', 0, PIECE_TYPE.userDefined]];
  expect(cut('bA', kept, [], bytesField(2, charsmap('a')))).toEqual(['▁', 'b', 'A']);
});

test.each([
  ['nothing', new Uint8Array()],
  ['text', Buffer.from('version https://git-lfs.github.com/spec/v1\n')],
  ['no unknown piece', model([['a', -1]])],
  ['a score that is no number', model([UNKNOWN, ['a', NaN]])],
  ['an empty piece', model([UNKNOWN, ['', -1]])],
  ['an end too soon', model([UNKNOWN, ['a', -1]]).subarray(0, -5)],
  ['a number without end', new Uint8Array(20).fill(255)],
  ['another kind of model', model([UNKNOWN, ['a', -1]], flag(3, 2))],
  ['a table of characters without an end', model([UNKNOWN], [], bytesField(2, [255, 255, 255, 255, 0, 0, 0, 0]))],
])('a spiece.model with %s is refused by name', (_, bytes) => {
  expect(() => new SentencePiece(bytes, 'tokenizer/spiece.model')).toThrow(AppError);
  expect(() => new SentencePiece(bytes, 'tokenizer/spiece.model')).toThrow(/^tokenizer\/spiece\.model /);
});

test('a table that replaces a character by absurdly much is refused when it is used', () => {
  const bytes = model([UNKNOWN, ['a', -1]], [], bytesField(2, charsmap('a'.repeat(5000))));
  const sentencePiece = new SentencePiece(bytes, 'spiece.model');
  expect(() => sentencePiece.encode('A')).toThrow(
    /^spiece\.model has a damaged table of characters; fetch it again\.$/,
  );
});
