import type { Clip } from '../../../core/clip.ts';
import type { CharacterRecord, ClipRecord } from '../../../core/document/document.ts';
import type { KeptRows } from '../clip-records.ts';

// Two ways for an artist to have a say in a view of the clip:
// - `character.views[v]`, a picture of the character at rest: the generator makes the view from it (see view-files.ts), so that
//   it moves as the others do;
// - a view in `clip.replaced` without such a picture: its pictures are the artist's own, frame by frame. They stay as they are
//   when the clip is made anew, as long as the new clip has their size and number of frames.

/** The rows of an old clip that a new one takes over; says so where one no longer fits. */
export function keptRows(
  old: ClipRecord | undefined,
  { views }: Pick<CharacterRecord, 'views'>,
  { width, height, frames, cameras }: Pick<Clip, 'width' | 'height' | 'frames' | 'cameras'>,
  onNotice: (text: string) => void,
): KeptRows {
  const rows = new Map<number, readonly string[]>();
  if (!old) return rows;
  const fits = old.width === width && old.height === height && old.frames === frames;
  for (const view of old.replaced) {
    const row = old.pictures[view];
    if (!row || view >= cameras.length || views?.[view]) continue;
    if (fits) rows.set(view, row);
    else onNotice(`Your own pictures of view ${view} do not fit the new clip's size or length; they are made anew.`);
  }
  return rows;
}

/** The views of a new clip that are the artist's, in order. */
export const replacedViews = (
  { views }: Pick<CharacterRecord, 'views'>,
  kept: KeptRows,
  count: number,
): readonly number[] =>
  Array.from({ length: count }, (_, view) => view).filter((view) => kept.has(view) || (views?.[view] ?? null) !== null);
