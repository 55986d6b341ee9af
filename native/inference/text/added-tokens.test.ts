import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { addedTokens } from './added-tokens.ts';

const vocabulary = { size: 1000, idOf: (piece: string) => (piece === '</s>' ? 1 : undefined) };
const file = (path: string, json: unknown) => ({ path, bytes: Buffer.from(JSON.stringify(json)) });
const end = { text: '</s>', id: 1, stripLeft: false, stripRight: false };

test('without files the sentinels follow the vocabulary backwards', () => {
  const tokens = addedTokens({}, vocabulary);
  expect(tokens).toHaveLength(101);
  expect(tokens).toContainEqual(end);
  expect(tokens).toContainEqual({ text: '<extra_id_0>', id: 1099, stripLeft: true, stripRight: true });
  expect(tokens).toContainEqual({ text: '<extra_id_99>', id: 1000, stripLeft: true, stripRight: true });
  const config = file('tokenizer_config.json', { extra_ids: 2 });
  expect(addedTokens({ config }, vocabulary).map(({ text, id }) => [text, id])).toEqual([
    ['</s>', 1],
    ['<extra_id_0>', 1001],
    ['<extra_id_1>', 1000],
  ]);
});

test('the list of the configuration goes before that of the older file', () => {
  const added = file('added_tokens.json', { '<old>': 1005 });
  expect(addedTokens({ added }, vocabulary)).toEqual([
    end,
    { text: '<old>', id: 1005, stripLeft: true, stripRight: true },
  ]);
  const config = file('tokenizer_config.json', { added_tokens_decoder: { 1007: { content: '<new>', rstrip: true } } });
  expect(addedTokens({ added, config }, vocabulary)).toEqual([
    end,
    { text: '<new>', id: 1007, stripLeft: false, stripRight: true },
  ]);
});

test.each([
  [[]],
  [{ added_tokens_decoder: [] }],
  [{ added_tokens_decoder: { x: { content: '<new>' } } }],
  [{ added_tokens_decoder: { 5: { content: '' } } }],
  [{ added_tokens_decoder: { 5: '<new>' } }],
  [{ extra_ids: -1 }],
  [{ extra_ids: 1e9 }],
])('a configuration of %j is refused by name', (json) => {
  const config = file('tokenizer_config.json', json);
  expect(() => addedTokens({ config }, vocabulary)).toThrow(AppError);
  expect(() => addedTokens({ config }, vocabulary)).toThrow(/^tokenizer_config\.json .*fetch it again\.$/);
});

test('an older file with something else than ids is refused by name', () => {
  const added = file('added_tokens.json', { '<old>': 'x' });
  expect(() => addedTokens({ added }, vocabulary)).toThrow(/^added_tokens\.json has no usable id of "<old>"/);
});
