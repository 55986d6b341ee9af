import { expect, test } from 'vitest';
import type { ClipRecord } from '../../../core/document/document.ts';
import { ringCameras } from '../../../core/ring.ts';
import { keptRows, replacedViews } from './replaced-views.ts';

const old: ClipRecord = {
  ...{ id: 'clip', type: 'clip', width: 64, height: 64, fps: 12, frames: 2, cameras: [], replaced: [2, 4] },
  ...{ pictures: Array.from({ length: 21 }, (_, view) => [`a${view}`, `b${view}`]), madeBy: 'puppet', madeAt: '' },
};
const clip = { width: 64, height: 64, frames: 2, cameras: ringCameras(64) };
const views = Array.from({ length: 21 }, (_, view) => (view === 4 ? 'own' : null));

test("the artist's rows stay, unless a picture at rest speaks for their view", () => {
  const said: string[] = [];
  const kept = keptRows(old, { views }, clip, (text) => said.push(text));
  expect([...kept]).toEqual([[2, ['a2', 'b2']]]);
  expect(replacedViews({ views }, kept, 21)).toEqual([2, 4]);
  expect([...keptRows(old, { views: null }, clip, (text) => said.push(text)).keys()]).toEqual([2, 4]);
  expect(said).toEqual([]);
});

test('rows that no longer fit are said', () => {
  const said: string[] = [];
  expect(keptRows(old, { views }, { ...clip, frames: 3 }, (text) => said.push(text)).size).toBe(0);
  expect(said).toEqual(["Your own pictures of view 2 do not fit the new clip's size or length; they are made anew."]);
});
