import { expect, it } from 'vitest';
import { timeAgo } from './time-ago.ts';

const now = Date.parse('2026-03-10T12:00:00Z');

it.each([
  ['2026-03-10T11:59:30Z', 'just now'],
  ['2026-03-10T12:00:30Z', 'just now'],
  ['2026-03-10T11:55:00Z', '5 minutes ago'],
  ['2026-03-09T11:00:00Z', 'yesterday'],
  ['2025-01-01T00:00:00Z', 'last year'],
])('%s is %s', (date, text) => {
  expect(timeAgo(date, now)).toBe(text);
});
