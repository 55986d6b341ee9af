import type { LimbGroup } from '../../core/document/document.ts';
import type { FrameFacts } from './frame-facts.ts';

/** Where a row lies, in pixels. */
export interface RowPlace {
  readonly top: number;
  readonly height: number;
}

export type Row = RowPlace &
  ({ readonly kind: 'ruler' | 'confidence' | 'error' } | { readonly kind: 'lane'; readonly group: LimbGroup });

/** In units of the page's font size, so that rows grow with the text beside them. */
const HEIGHTS = { ruler: 2.25, confidence: 1.5, error: 1.5, lane: 1.25 } as const;

/** The rows from top to bottom, in pixels; `em` is the page's font size. */
export function timelineRows(facts: FrameFacts, showsLanes: boolean, em: number): Row[] {
  const rows: Row[] = [];
  let top = 0;
  const add = (row: { kind: 'ruler' | 'confidence' | 'error' } | { kind: 'lane'; group: LimbGroup }): void => {
    const height = Math.round(HEIGHTS[row.kind] * em);
    rows.push({ ...row, top, height });
    top += height;
  };
  add({ kind: 'ruler' });
  if (facts.poses.length > 0) add({ kind: 'confidence' });
  if (facts.psnr) add({ kind: 'error' });
  if (showsLanes) for (const group of facts.groups) add({ kind: 'lane', group });
  return rows;
}

export const rowsHeight = (rows: readonly Row[]): number => rows.reduce((sum, { height }) => sum + height, 0);

export const rowAt = (rows: readonly Row[], y: number): Row | undefined =>
  rows.find(({ top, height }) => y >= top && y < top + height);
