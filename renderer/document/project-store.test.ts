import { describe, expect, it } from 'vitest';
import { newDocument, recordOf, type DocumentDiff, type ProjectDocument } from '../../core/document/document.ts';
import { createProjectStore, put } from './project-store.ts';

function open() {
  const kept: DocumentDiff[] = [];
  let full = false;
  const store = createProjectStore({
    id: 'a',
    records: [...newDocument('Mira').values()],
    keep: (diff) => {
      if (full) return Promise.reject(new Error('disk full'));
      kept.push(diff);
      return Promise.resolve();
    },
  });
  const rename = (name: string) => put({ id: 'project', type: 'project', name });
  const name = () => recordOf(store.getState().document, 'project')?.name;
  return {
    store,
    kept,
    rename,
    name,
    setFull: (value: boolean) => {
      full = value;
    },
  };
}

const at = (document: ProjectDocument, frame: number): ProjectDocument => {
  const workspace = recordOf(document, 'workspace');
  return workspace ? put({ ...workspace, frame })(document) : document;
};

describe('the open project', () => {
  it('takes changes back and repeats them, and keeps every state', async () => {
    const { store, kept, rename, name } = open();
    store.change('Rename', rename('Ada'));
    expect(store.getState()).toMatchObject({ undo: 'Rename', redo: null });
    expect(store.undo()).toBe('Rename');
    expect(name()).toBe('Mira');
    expect(store.redo()).toBe('Rename');
    expect(name()).toBe('Ada');
    await store.settled();
    expect(kept.at(-1)?.updated.map(([, after]) => after)).toMatchObject([{ name: 'Ada' }]);
    expect(store.getState().saving).toBe('saved');
  });

  it('a gesture is one step, whatever happens during it', async () => {
    const { store, kept, rename, name } = open();
    const gesture = store.begin('Type a name');
    for (const text of ['A', 'Ad', 'Ada']) gesture.update(rename(text));
    expect(name()).toBe('Ada');
    await store.settled();
    expect(kept).toHaveLength(0);
    gesture.commit();
    await store.settled();
    expect(kept).toHaveLength(1);
    store.undo();
    expect(name()).toBe('Mira');
    expect(store.getState().undo).toBeNull();
  });

  it('knows what a record was before it last changed, as far as undo goes', () => {
    const { store, rename } = open();
    expect(store.earlier('project')).toBeUndefined();
    store.change('Rename', rename('Ada'));
    store.change('Seek', (document) => at(document, 3), { undo: 'ignore' });
    store.change('Rename', rename('Eve'));
    expect(store.earlier('project')).toMatchObject({ name: 'Ada' });
    expect(store.earlier('project')).toBe(store.earlier('project'));
    expect(store.earlier('workspace')).toBeUndefined();
    store.undo();
    expect(store.earlier('project')).toMatchObject({ name: 'Mira' });
    store.receive('Erase', { added: [], updated: [], removed: [{ id: 'project', type: 'project', name: 'Ada' }] });
    expect(store.earlier('project')).toMatchObject({ name: 'Ada' });
  });

  it('a cancelled gesture leaves no trace', () => {
    const { store, rename, name } = open();
    const gesture = store.begin('Type a name');
    gesture.update(rename('Ada'));
    gesture.cancel();
    gesture.update(rename('Too late'));
    expect(name()).toBe('Mira');
    expect(store.getState().undo).toBeNull();
  });

  it('looking elsewhere is no step and keeps redo', () => {
    const { store, rename } = open();
    store.change('Rename', rename('Ada'));
    store.undo();
    store.change('Seek', (document) => at(document, 7), { undo: 'ignore' });
    expect(store.getState()).toMatchObject({ undo: null, redo: 'Rename' });
    store.redo();
    expect(recordOf(store.getState().document, 'workspace')?.frame).toBe(7);
  });

  it('looking elsewhere during a gesture leaves the gesture alone', async () => {
    const { store, kept, rename, name } = open();
    const gesture = store.begin('Type a name');
    gesture.update(rename('A'));
    store.change('Seek', (document) => at(document, 7), { undo: 'ignore' });
    gesture.update(rename('Ada'));
    gesture.commit();
    expect(recordOf(store.getState().document, 'workspace')?.frame).toBe(7);
    store.undo();
    expect(name()).toBe('Mira');
    expect(recordOf(store.getState().document, 'workspace')?.frame).toBe(7);
    await store.settled();
    expect(kept.flatMap(({ updated }) => updated.map(([, after]) => after.type))).toEqual(
      expect.arrayContaining(['workspace']),
    );
  });

  it('what comes from the main process is a step that is not sent back', async () => {
    const { store, kept, name } = open();
    const before = recordOf(store.getState().document, 'project');
    if (!before) throw new Error('no project record');
    store.receive('Import', { added: [], updated: [[before, { ...before, name: 'Ben' }]], removed: [] });
    await store.settled();
    expect(kept).toHaveLength(0);
    expect(name()).toBe('Ben');
    expect(store.undo()).toBe('Import');
  });

  it('what could not be kept goes along with the next change', async () => {
    const { store, kept, rename, setFull } = open();
    setFull(true);
    store.change('Rename', rename('Ada'));
    await store.settled();
    expect(store.getState().saving).toBe('failed');
    setFull(false);
    store.change('Seek', (document) => at(document, 3), { undo: 'ignore' });
    await store.settled();
    expect(kept.flatMap(({ updated }) => updated.map(([, after]) => after.type)).sort()).toEqual([
      'project',
      'workspace',
    ]);
    expect(store.getState().saving).toBe('saved');
  });
});
