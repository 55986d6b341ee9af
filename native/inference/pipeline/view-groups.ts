/** Views that the 4D network makes at once; the first is always view 0. */
export const GROUP_VIEWS = 5;

/**
 * The groups in which the views of a ring are made: view 0 with every fifth view from 1 on, from 2 on, and so on;
 * [0, 1, 6, 11, 16], [0, 2, 7, 12, 17] ... for 21 views. View 0, of which all have the picture, holds the groups together.
 * @param views 1 and a multiple of 4: the views but view 0 are shared out evenly.
 */
export function viewGroups(views: number): number[][] {
  const others = GROUP_VIEWS - 1;
  const groups = (views - 1) / others;
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new RangeError(`${views} views cannot be shared out in groups of ${GROUP_VIEWS} with view 0 in each.`);
  }
  return Array.from({ length: groups }, (_, group) => [
    0,
    ...Array.from({ length: others }, (_unused, k) => 1 + group + k * groups),
  ]);
}
