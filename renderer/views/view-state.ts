import type { CharacterRecord, ClipRecord } from '../../core/document/document.ts';

/** Whose a view is. 'next': a picture of the artist's that the clip was not made with; it counts when views are generated again. */
export type ViewState = 'generated' | 'own' | 'next';

export function viewState(
  view: number,
  { replaced }: Pick<ClipRecord, 'replaced'>,
  views: CharacterRecord['views'] | undefined,
): ViewState {
  if (replaced.includes(view)) return 'own';
  return (views?.[view] ?? null) === null ? 'generated' : 'next';
}
