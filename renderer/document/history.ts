import {
  applyDiff,
  compareRecords,
  type Identified,
  isEmptyDiff,
  type Records,
  type RecordsDiff,
  reverseDiff,
} from '../../core/document/records.ts';

/** One thing that the user did, named as they would name it. */
export interface Step<R extends Identified> {
  readonly label: string;
  readonly diff: RecordsDiff<R>;
}

/** Records, and the way they came to be. Never changed in place. */
export interface EditHistory<R extends Identified> {
  readonly records: Records<R>;
  readonly done: readonly Step<R>[];
  readonly undone: readonly Step<R>[];
}

/** Steps that can be taken back; older ones are forgotten. */
const MOST_STEPS = 500;

export const startHistory = <R extends Identified>(records: Records<R>): EditHistory<R> => ({
  records,
  done: [],
  undone: [],
});

/** After a step; what had been taken back cannot be redone any more. A step that changes nothing is none. */
export function recordStep<R extends Identified>(
  history: EditHistory<R>,
  label: string,
  after: Records<R>,
): EditHistory<R> {
  const diff = compareRecords(history.records, after);
  if (isEmptyDiff(diff)) return history;
  return { records: after, done: [...history.done, { label, diff }].slice(-MOST_STEPS), undone: [] };
}

/** After a change that is not the user's work (where they look, say): undo passes over it, redo stays possible. */
export const passBy = <R extends Identified>(history: EditHistory<R>, after: Records<R>): EditHistory<R> => ({
  ...history,
  records: after,
});

/** What a record was before it last became another; undefined where it never did within the steps that are kept. */
export function earlierRecord<R extends Identified>({ done }: EditHistory<R>, id: string): R | undefined {
  for (const { diff } of done.toReversed()) {
    const [before] = diff.updated.find(([record]) => record.id === id) ?? [];
    const found = before ?? diff.removed.find((record) => record.id === id);
    if (found) return found;
  }
  return undefined;
}

/** What undo gives, and the change that it makes; nothing where there is nothing to take back. */
export function stepBack<R extends Identified>(history: EditHistory<R>) {
  const step = history.done.at(-1);
  if (!step) return undefined;
  const diff = reverseDiff(step.diff);
  return {
    step,
    diff,
    history: {
      records: applyDiff(history.records, diff),
      done: history.done.slice(0, -1),
      undone: [...history.undone, step],
    },
  };
}

/** What redo gives, and the change that it makes. */
export function stepForth<R extends Identified>(history: EditHistory<R>) {
  const step = history.undone.at(-1);
  if (!step) return undefined;
  return {
    step,
    diff: step.diff,
    history: {
      records: applyDiff(history.records, step.diff),
      done: [...history.done, step],
      undone: history.undone.slice(0, -1),
    },
  };
}
