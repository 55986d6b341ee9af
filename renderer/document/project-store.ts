import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DocumentDiff, DocumentRecord, ProjectDocument } from '../../core/document/document.ts';
import { applyDiff, compareRecords, isEmptyDiff } from '../../core/document/records.ts';
import { earlierRecord, passBy, recordStep, startHistory, stepBack, stepForth, type EditHistory } from './history.ts';
import { SaveQueue, type SaveState } from './save-queue.ts';

export type Edit = (document: ProjectDocument) => ProjectDocument;

export interface ProjectState {
  readonly document: ProjectDocument;
  /** What undo and redo would do next; null: nothing. */
  readonly undo: string | null;
  readonly redo: string | null;
  readonly saving: SaveState;
}

/** A drag, a slider that moves: many changes that are one step. */
export interface Gesture {
  /** Replaces what the gesture did so far by `edit` of what was there when it began. */
  readonly update: (edit: Edit) => void;
  readonly commit: () => void;
  readonly cancel: () => void;
}

/**
 * The open project in the page. The document is what the page shows at once; changes go to the main process in order,
 * which keeps them on the disk.
 */
export interface ProjectStore extends StoreApi<ProjectState> {
  readonly id: string;
  /** One step named `label`; with undo 'ignore' a change that undo passes over. */
  readonly change: (label: string, edit: Edit, options?: { readonly undo: 'record' | 'ignore' }) => void;
  /** A running gesture is committed first: there is one at a time. */
  readonly begin: (label: string) => Gesture;
  /** What a record was before it last became another, of the steps that can be taken back. The same object until then. */
  readonly earlier: (id: string) => DocumentRecord | undefined;
  /** Takes back or repeats a step, and says which. */
  readonly undo: () => string | null;
  readonly redo: () => string | null;
  /** A change that the main process made and keeps already: one step of undo. */
  readonly receive: (label: string, diff: DocumentDiff) => void;
  /** Resolves when all changes are kept. */
  readonly settled: () => Promise<void>;
}

export interface ProjectStoreOptions {
  readonly id: string;
  readonly records: readonly DocumentRecord[];
  /** Keeps a change; rejects when it could not. */
  readonly keep: (diff: DocumentDiff) => Promise<void>;
}

export function createProjectStore({ id, records, keep }: ProjectStoreOptions): ProjectStore {
  let history: EditHistory<DocumentRecord> = startHistory(new Map(records.map((record) => [record.id, record])));
  let gesture: { readonly label: string; start: EditHistory<DocumentRecord> } | undefined;
  const store = createStore<ProjectState>()(() => ({ ...facts(history), saving: 'saved' }));
  const saves = new SaveQueue(keep, (saving) => {
    store.setState({ saving });
  });

  const show = (next: EditHistory<DocumentRecord>, diff?: DocumentDiff): void => {
    history = next;
    store.setState(facts(next));
    if (diff && !isEmptyDiff(diff)) saves.add(diff);
  };
  const commit = (): void => {
    if (!gesture) return;
    const { label, start } = gesture;
    gesture = undefined;
    const next = recordStep(start, label, history.records);
    show(next, compareRecords(start.records, next.records));
  };

  return {
    ...store,
    id,
    change(label, edit, { undo } = { undo: 'record' }) {
      if (undo === 'record') commit();
      const after = edit(history.records);
      const diff = compareRecords(history.records, after);
      // A running gesture goes on, from a start that has this change too.
      if (gesture) gesture.start = passBy(gesture.start, edit(gesture.start.records));
      show(undo === 'record' ? recordStep(history, label, after) : passBy(history, after), diff);
    },
    begin(label) {
      commit();
      const mine = { label, start: history };
      gesture = mine;
      const isMine = (): boolean => gesture === mine;
      return {
        update: (edit) => {
          if (isMine()) show(passBy(history, edit(mine.start.records)));
        },
        commit: () => {
          if (isMine()) commit();
        },
        cancel: () => {
          if (!isMine()) return;
          gesture = undefined;
          show(mine.start);
        },
      };
    },
    earlier: (recordId) => earlierRecord(history, recordId),
    undo() {
      commit();
      const back = stepBack(history);
      if (back) show(back.history, back.diff);
      return back?.step.label ?? null;
    },
    redo() {
      commit();
      const forth = stepForth(history);
      if (forth) show(forth.history, forth.diff);
      return forth?.step.label ?? null;
    },
    receive(label, diff) {
      commit();
      show(recordStep(history, label, applyDiff(history.records, diff)));
    },
    settled: () => saves.settled(),
  };
}

const facts = ({ records, done, undone }: EditHistory<DocumentRecord>) => ({
  document: records,
  undo: done.at(-1)?.label ?? null,
  redo: undone.at(-1)?.label ?? null,
});

/** Replaces or adds one record. */
export const put =
  (record: DocumentRecord): Edit =>
  (document) =>
    new Map(document).set(record.id, record);
