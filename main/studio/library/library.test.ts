import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DocumentRecord } from '../../../core/document/document.ts';
import { temporaryFolder } from '../../../test/helpers/temporary-folder.ts';
import { ProjectFile } from '../project-file/project-file.ts';
import { Projects } from '../projects.ts';
import { LibraryDatabase } from './library-database.ts';
import { Library } from './library.ts';

const ALL = { search: '', tag: null, trashed: false, sort: 'name' } as const;

interface Setup {
  readonly folder: string;
  readonly library: Library;
  readonly projects: Projects;
  readonly events: string[];
  readonly busy: Set<string>;
}

async function setUp(at?: string): Promise<Setup> {
  const folder = at ?? (await temporaryFolder());
  const database = LibraryDatabase.open(folder);
  const events: string[] = [];
  const busy = new Set<string>();
  const announceLibrary = (name: string, payload: unknown): void => {
    events.push(`library.${name} ${JSON.stringify(payload)}`);
  };
  const projects = new Projects({
    library: database,
    announceLibrary,
    announceProject: (name, payload) => events.push(`project.${name} ${JSON.stringify(payload)}`),
    isBusy: (id) => busy.has(id),
  });
  onTestFinished(() => {
    projects.closeAll();
    database.close();
  });
  return { folder, library: new Library(database, projects, announceLibrary), projects, events, busy };
}

const names = async ({ library }: Setup, query: Partial<Parameters<Library['list']>[0]> = {}): Promise<string[]> =>
  (await library.list({ ...ALL, ...query })).map(({ name }) => name);

const PICTURE: DocumentRecord = {
  ...{
    id: 'character',
    type: 'character',
    picture: 'ab'.repeat(32),
    pictureName: 'dragonborn.png',
    width: 8,
    height: 8,
  },
  ...{ mask: null, restPose: null, views: null },
};

describe('the library', () => {
  it('begins projects with any name, each in a file of its own', async () => {
    const setup = await setUp();
    const given = ['../../evil', 'CON', '🐉 Drache', 'A', 'a', 'x'.repeat(200), '..', 'a\u0000b', '龍'.repeat(150)];
    const cards = given.map((name) => setup.library.create(name));
    expect(cards.map(({ name }) => name)).toEqual(given);
    const files = await readdir(join(setup.folder, 'projects'));
    expect(files.filter((name) => name.endsWith('.cshot'))).toHaveLength(given.length);
    expect((await readdir(dirname(setup.folder))).filter((name) => name.includes('evil'))).toEqual([]);
  });

  it('lists what was opened last, also where the file is gone, until that is cleared', async () => {
    const setup = await setUp();
    const cards = ['A', 'B', 'C'].map((name) => setup.library.create(name));
    expect(setup.library.recent()).toEqual([]);
    for (const { id } of cards) {
      setup.projects.open(id, 1);
      await setup.projects.close(id, 1);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await rm(join(setup.folder, 'projects', 'B.cshot'));
    expect(setup.library.recent().map(({ label, missing }) => `${label} ${missing}`)).toEqual([
      'C false',
      'B true',
      'A false',
    ]);
    setup.library.trash(cards[2]?.id ?? '');
    expect(setup.library.recent().map(({ label }) => label)).toEqual(['B', 'A']);
    setup.events.length = 0;
    setup.library.clearRecent();
    expect(setup.library.recent()).toEqual([]);
    expect(setup.events.join()).toMatch(/^library.changed/);
    expect(await names(setup)).toEqual(['A', 'B']);
  });

  it('finds projects by beginnings of words in name, tags and sources, whatever is typed', async () => {
    const setup = await setUp();
    const [knight, robot] = [setup.library.create('Böser Knight'), setup.library.create('Robot 🤖')];
    setup.library.setTags(robot.id, ['client work', 'metal', 'metal']);
    await setup.projects.applyFromJob(knight.id, { added: [PICTURE], updated: [], removed: [] }, 'Import');
    expect(await names(setup, { search: 'boser kni' })).toEqual(['Böser Knight']);
    expect(await names(setup, { search: 'MET rob' })).toEqual(['Robot 🤖']);
    expect(await names(setup, { search: 'dragonb' })).toEqual(['Böser Knight']);
    expect(await names(setup, { search: '🤖' })).toEqual(['Robot 🤖']);
    expect(await names(setup, { search: 'onster' })).toEqual([]);
    for (const search of ['"', '*', 'a AND', 'NEAR(', "' OR 1", '(', '-x', 'name:x', '\u0000'])
      await names(setup, { search });
    expect(await names(setup, { tag: 'metal' })).toEqual(['Robot 🤖']);
    expect(setup.library.tags()).toEqual([
      { tag: 'client work', projects: 1 },
      { tag: 'metal', projects: 1 },
    ]);
    expect((await setup.library.list({ ...ALL, search: 'kni' }))[0]?.stage).toBe('character');
  });

  it('renames in the file, open or not, and tells who shows it', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('Old');
    expect((await setup.library.rename(id, 'New')).name).toBe('New');
    setup.projects.open(id, 1);
    await setup.library.rename(id, 'Newer');
    expect(setup.events.filter((event) => event.startsWith('project.changed')).at(-1)).toContain('"label":"Rename"');
    const project = setup.projects.open(id, 2).records.find((record) => record.type === 'project');
    expect(project?.name).toBe('Newer');
  });

  it('duplicates with everything, as a project of its own', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('One');
    setup.library.setTags(id, ['t']);
    setup.projects.open(id, 1);
    const asset = setup.projects.file(id).addAsset(Buffer.from('bytes'));
    const copy = await setup.library.duplicate(id);
    expect(copy).toMatchObject({ name: 'One copy', tags: ['t'] });
    expect(copy.id).not.toBe(id);
    setup.projects.open(copy.id, 1);
    expect(Buffer.from(setup.projects.asset(copy.id, asset)).toString()).toBe('bytes');
  });

  it('moves its own files to the trash and back beside what is there now, and erases them', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('Gone');
    setup.projects.open(id, 1);
    setup.library.trash(id);
    expect(() => setup.projects.open(id, 1)).toThrow('is in the trash');
    expect(await readdir(join(setup.folder, 'projects'))).toEqual([]);
    expect(await names(setup, { trashed: true })).toEqual(['Gone']);
    const other = setup.library.create('Gone');
    const back = setup.library.restore(id);
    expect([other.fileName, back.fileName]).toEqual(['Gone.cshot', 'Gone 2.cshot']);
    expect(() => {
      setup.library.erase(id);
    }).toThrow('not in the trash');
    setup.library.trash(id);
    setup.library.erase(id);
    expect(await readdir(join(setup.folder, 'trash'))).toEqual([]);
    expect(await names(setup)).toEqual(['Gone']);
  });

  it('leaves files elsewhere alone until they are erased, and then only if they still are that project', async () => {
    const setup = await setUp();
    const place = join(setup.folder, 'mine', 'own.cshot');
    ProjectFile.create(place, 'Own').close();
    const [own] = setup.library.add([place]);
    if (!own) throw new Error('not added');
    setup.library.trash(own.id);
    expect(existsSync(place)).toBe(true);
    await rm(place);
    ProjectFile.create(place, 'Something else').close();
    setup.library.erase(own.id);
    expect(existsSync(place)).toBe(true);
    const [other] = setup.library.add([place]);
    setup.library.trash(other?.id ?? '');
    setup.library.erase(other?.id ?? '');
    expect(existsSync(place)).toBe(false);
  });

  it('does not take away what a job works on', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('Busy');
    setup.busy.add(id);
    expect(() => {
      setup.library.trash(id);
    }).toThrow('cancel it or wait');
    setup.busy.clear();
    await setup.projects.withFile(id, () => {
      expect(() => {
        setup.library.trash(id);
      }).toThrow('cancel it or wait');
    });
    setup.library.trash(id);
  });

  it('shows a missing file, and finds it where it was moved to', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('Moved');
    const [from, to] = [join(setup.folder, 'projects', 'Moved.cshot'), join(setup.folder, 'elsewhere.cshot')];
    await rename(from, to);
    expect((await setup.library.list(ALL))[0]?.missing).toBe(true);
    expect(() => setup.projects.open(id, 1)).toThrow('Locate');
    const stranger = setup.library.create('Stranger');
    expect(() => setup.library.locate(id, join(setup.folder, 'projects', stranger.fileName))).toThrow(
      'another project',
    );
    expect(setup.library.locate(id, to).missing).toBe(false);
    expect(setup.projects.open(id, 1).fileName).toBe('elsewhere.cshot');
  });

  it('takes up a file once, follows one that moved, and makes a copy a project of its own', async () => {
    const setup = await setUp();
    const { id, fileName } = setup.library.create('A');
    const path = join(setup.folder, 'projects', fileName);
    expect(setup.library.add([path])).toMatchObject([{ id }]);
    const copy = join(setup.folder, 'copy.cshot');
    await copyFile(path, copy);
    const [copied] = setup.library.add([copy]);
    expect(copied?.id).not.toBe(id);
    expect(setup.library.add([copy])).toMatchObject([{ id: copied?.id }]);
    const moved = join(setup.folder, 'moved.cshot');
    await rename(copy, moved);
    expect(setup.library.add([moved])).toMatchObject([{ id: copied?.id, fileName: 'moved.cshot' }]);
    await writeFile(join(setup.folder, 'picture.cshot'), 'no project');
    expect(() => setup.library.add([join(setup.folder, 'picture.cshot'), path])).toThrow('no file of the studio');
  });

  it('finds the projects in its folder again when its database is damaged', async () => {
    const folder = await temporaryFolder();
    const first = LibraryDatabase.open(folder);
    first.close();
    ProjectFile.create(join(folder, 'projects', 'Kept.cshot'), 'Kept').close();
    ProjectFile.create(join(folder, 'trash', 'Thrown.cshot'), 'Thrown').close();
    await writeFile(join(folder, 'projects', 'junk.cshot'), 'junk');
    await writeFile(join(folder, 'projects', '.Half.cshot.0a1b2c3d.partial'), 'half');
    await writeFile(join(folder, 'library.db'), Buffer.alloc(9000, 'damage'));
    const setup = await setUp(folder);
    expect(setup.library.adopt()).toHaveLength(1);
    expect([await names(setup), await names(setup, { trashed: true })]).toEqual([['Kept'], ['Thrown']]);
    expect((await readdir(folder)).some((name) => name.startsWith('library-damaged'))).toBe(true);
    expect(await readdir(join(folder, 'projects'))).not.toContain('.Half.cshot.0a1b2c3d.partial');
  });
});

describe('an open project', () => {
  it('is closed when its last window goes, whole in its one file', async () => {
    const setup = await setUp();
    const { id, fileName } = setup.library.create('Two windows');
    setup.projects.open(id, 1);
    setup.projects.open(id, 2);
    setup.projects.apply(id, { put: [PICTURE], removed: [] });
    await setup.projects.close(id, 1);
    expect(setup.projects.isOpen(id)).toBe(true);
    await setup.projects.windowClosed(2);
    expect(setup.projects.isOpen(id)).toBe(false);
    expect(await readdir(join(setup.folder, 'projects'))).toEqual([fileName]);
    expect((await setup.library.list(ALL))[0]?.stage).toBe('character');
    expect(() => {
      setup.projects.apply(id, { put: [], removed: [] });
    }).toThrow('not open');
  });

  it('is saved under another name and goes on there', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('First');
    setup.projects.open(id, 1);
    const place = join(setup.folder, 'mine', 'Second');
    await mkdir(dirname(place));
    const copy = await setup.projects.saveAs(id, place, 1);
    expect(copy).toMatchObject({ fileName: 'Second.cshot' });
    expect([setup.projects.isOpen(id), setup.projects.isOpen(copy.id)]).toEqual([false, true]);
    expect(await names(setup)).toEqual(['First', 'Second']);
    expect((await setup.projects.saveAs(copy.id, `${place}.cshot`, 1)).id).toBe(copy.id);
  });

  it('takes what a job made, whether it is open or not', async () => {
    const setup = await setUp();
    const { id } = setup.library.create('Job');
    await setup.projects.applyFromJob(id, { added: [PICTURE], updated: [], removed: [] }, 'Import');
    expect(setup.projects.isOpen(id)).toBe(false);
    expect(setup.projects.open(id, 1).records.some((record) => record.type === 'character')).toBe(true);
    expect(setup.events.join()).toContain('"label":"Import"');
  });

  it('is not opened where another project was put in its place', async () => {
    const setup = await setUp();
    const [one, other] = [setup.library.create('One'), setup.library.create('Other')];
    const path = (card: { fileName: string }): string => join(setup.folder, 'projects', basename(card.fileName));
    await copyFile(path(other), path(one));
    expect(() => setup.projects.open(one.id, 1)).toThrow('another project');
  });
});
