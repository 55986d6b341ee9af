/** Anything that is kept by id. */
export interface Identified {
  readonly id: string;
}

/** Records by id: what a document is. */
export type Records<R extends Identified> = ReadonlyMap<string, R>;

/** A change of records: what was added, what was replaced by what, what was removed. An id occurs in one of the three. */
export interface RecordsDiff<R extends Identified> {
  readonly added: readonly R[];
  /** Pairs [before, after] of one id. */
  readonly updated: readonly (readonly [R, R])[];
  readonly removed: readonly R[];
}

export const emptyDiff: RecordsDiff<never> = { added: [], updated: [], removed: [] };

export const isEmptyDiff = (diff: RecordsDiff<Identified>): boolean =>
  diff.added.length + diff.updated.length + diff.removed.length === 0;

/** The change that takes back `diff`. */
export function reverseDiff<R extends Identified>({ added, updated, removed }: RecordsDiff<R>): RecordsDiff<R> {
  return { added: removed, updated: updated.map(([before, after]) => [after, before] as const), removed: added };
}

/** `records` after `diff`; what `diff` expects to be there is not checked. */
export function applyDiff<R extends Identified>(records: Records<R>, diff: RecordsDiff<R>): Records<R> {
  const result = new Map(records);
  for (const record of diff.removed) result.delete(record.id);
  for (const record of diff.added) result.set(record.id, record);
  for (const [, after] of diff.updated) result.set(after.id, after);
  return result;
}

/** One change that does what `first` and then `second` do. */
export function squashDiffs<R extends Identified>(first: RecordsDiff<R>, second: RecordsDiff<R>): RecordsDiff<R> {
  // For each id, what was there before both and what is there after both.
  const ends = new Map<string, { before: R | undefined; after: R | undefined }>();
  const note = (id: string, before: R | undefined, after: R | undefined): void => {
    const known = ends.get(id);
    ends.set(id, { before: known ? known.before : before, after });
  };
  for (const { added, updated, removed } of [first, second]) {
    for (const record of removed) note(record.id, record, undefined);
    for (const record of added) note(record.id, undefined, record);
    for (const [before, after] of updated) note(after.id, before, after);
  }
  return diffOf([...ends.values()]);
}

/** The change from `before` to `after`; records are compared by identity. */
export function compareRecords<R extends Identified>(before: Records<R>, after: Records<R>): RecordsDiff<R> {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return diffOf([...ids].map((id) => ({ before: before.get(id), after: after.get(id) })));
}

function diffOf<R extends Identified>(
  ends: readonly { readonly before: R | undefined; readonly after: R | undefined }[],
): RecordsDiff<R> {
  const added: R[] = [];
  const updated: [R, R][] = [];
  const removed: R[] = [];
  for (const { before, after } of ends) {
    if (before === after) continue;
    if (!before && after) added.push(after);
    else if (before && after) updated.push([before, after]);
    else if (before) removed.push(before);
  }
  return { added, updated, removed };
}
