import { readdirSync, rmSync, statSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { Announce } from '../../../preload/contract/feature.ts';
import type { library, ProjectCard, RecentProject } from '../../../preload/contract/library.ts';
import { statusOf } from '../project-file/examine-file.ts';
import { PROJECT_EXTENSION } from '../project-file/kind.ts';
import { ProjectFile } from '../project-file/project-file.ts';
import { renaming } from '../project-file/renaming.ts';
import type { Projects } from '../projects.ts';
import { freePath } from './file-names.ts';
import type { LibraryDatabase } from './library-database.ts';
import { eraseFile, moveFile } from './move-file.ts';
import type { ProjectQuery, ProjectRow } from './project-table.ts';
import { RECENT_PROJECTS, recentProjects } from './recent.ts';

/**
 * What users do with projects as wholes. Files in the studio's own folder move to its trash and back. Files elsewhere are the
 * user's: the trash only takes them off the list; `erase` alone deletes them, and only while they still are that project.
 */
export class Library {
  readonly #database: LibraryDatabase;
  readonly #projects: Projects;
  readonly #announce: Announce<typeof library>;

  constructor(database: LibraryDatabase, projects: Projects, announce: Announce<typeof library>) {
    this.#database = database;
    this.#projects = projects;
    this.#announce = announce;
  }

  async list(query: ProjectQuery): Promise<readonly ProjectCard[]> {
    return await Promise.all(
      this.#table.list(query).map(async (row) =>
        cardOf(
          row,
          await lstat(row.path).then(
            () => false,
            () => true,
          ),
        ),
      ),
    );
  }

  tags(): readonly { readonly tag: string; readonly projects: number }[] {
    return this.#table.tags();
  }

  /** The projects that were opened last, newest first. */
  recent(): readonly RecentProject[] {
    return recentProjects(this.#table.recent(RECENT_PROJECTS), isThere);
  }

  /** Forgets which were opened last. */
  clearRecent(): void {
    const projects = this.#table.recent(RECENT_PROJECTS).map(({ id }) => id);
    this.#table.clearRecent();
    this.#announce('changed', { projects });
  }

  create(name = 'Untitled'): ProjectCard {
    const path = freePath(this.#database.projectFolder, name);
    ProjectFile.create(path, name).close();
    return card(this.#projects.register(path));
  }

  /**
   * Takes up project files. One that is in the library already is shown again; a copy of one becomes a project of its own.
   * Throws for the first that cannot be taken up, after the others were.
   */
  add(paths: readonly string[]): readonly ProjectCard[] {
    const cards: ProjectCard[] = [];
    const failures: unknown[] = [];
    for (const path of paths) {
      try {
        cards.push(card(this.#addOne(resolve(path))));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return cards;
  }

  async rename(id: string, name: string): Promise<ProjectCard> {
    const diff = await this.#projects.withFile(id, (file) => renaming(file, name));
    await this.#projects.applyFromJob(id, diff, 'Rename');
    return card(this.#projects.row(id));
  }

  setTags(id: string, tags: readonly string[]): ProjectCard {
    return card(this.#put({ ...this.#projects.row(id), tags: [...new Set(tags)] }));
  }

  async duplicate(id: string): Promise<ProjectCard> {
    const { name, tags } = this.#projects.row(id);
    const copyName = `${name.slice(0, 190)} copy`;
    const path = freePath(this.#database.projectFolder, copyName);
    await this.#projects.withFile(id, (file) => file.copyTo(path, { newId: true }));
    return card(this.#projects.register(path, { name: copyName, tags }));
  }

  trash(id: string): void {
    const row = this.#projects.row(id);
    if (row.trashed) return;
    this.#projects.closeForGood(id);
    const moves = this.#isOwn(row.path) && isThere(row);
    const path = moves ? freePath(this.#database.trashFolder, basename(row.path, PROJECT_EXTENSION)) : row.path;
    if (moves) moveFile(row.path, path);
    this.#put({ ...row, path, home: row.path, trashed: true });
  }

  /** Back to where it was, or beside what is there now. */
  restore(id: string): ProjectCard {
    const row = this.#projects.row(id);
    if (!row.trashed) return card(row);
    let path = row.home ?? row.path;
    if (path !== row.path && isThere(row)) {
      const folder = statusOf(dirname(path)) ? dirname(path) : this.#database.projectFolder;
      if (statusOf(path) || folder !== dirname(path)) path = freePath(folder, basename(path, PROJECT_EXTENSION));
      moveFile(row.path, path);
    }
    return card(this.#put({ ...row, path, home: null, trashed: false }));
  }

  /** For good: the file, too. */
  erase(id: string): void {
    const row = this.#projects.row(id);
    if (!row.trashed) throw new AppError('bad-input', `${row.name} is not in the trash; move it there first.`);
    this.#projects.closeForGood(id);
    if (this.#isOwn(row.path) || holdsProject(row)) eraseFile(row.path);
    this.#table.remove(id);
    this.#announce('changed', { projects: [id] });
  }

  /** A project's file has gone to `path`. */
  locate(id: string, path: string): ProjectCard {
    const row = this.#projects.row(id);
    const file = ProjectFile.open(path);
    file.close();
    if (file.id !== id)
      throw new AppError('bad-input', `${file.path} is another project than ${row.name}; choose its own file.`);
    return card(this.#put({ ...row, path: file.path, home: null, trashed: false }));
  }

  /**
   * Finds project files in the studio's own folders that the library does not know: after a crash while one was moved, or for
   * a library that was begun anew. Removes what a crash left half-written. Gives a sentence for each file that cannot be read.
   */
  adopt(): readonly string[] {
    const problems: string[] = [];
    for (const folder of [this.#database.projectFolder, this.#database.trashFolder]) {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (/^\..*\.partial(-\w+)?$/.test(name)) rmSync(path, { force: true });
        if (!name.endsWith(PROJECT_EXTENSION) || this.#table.atPath(path)) continue;
        try {
          const row = this.#addOne(path);
          const trashed = folder === this.#database.trashFolder;
          if (trashed !== row.trashed) this.#put({ ...row, trashed, home: trashed ? row.home : null });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          problems.push(error.message);
        }
      }
    }
    return problems;
  }

  get #table() {
    return this.#database.projects;
  }

  #addOne(path: string): ProjectRow {
    const known = this.#table.atPath(path);
    if (known && isThere(known)) return known.trashed ? this.#put({ ...known, home: null, trashed: false }) : known;
    const id = this.#ownId(path);
    const moved = this.#table.get(id);
    if (moved) return this.#put({ ...moved, path });
    return this.#projects.register(path);
  }

  /** The id of the project in a file; a new one where the library has the same project elsewhere. */
  #ownId(path: string): string {
    const file = ProjectFile.open(path);
    try {
      const known = this.#table.get(file.id);
      return known && isThere(known) && !isSameFile(known.path, path) ? file.renewId() : file.id;
    } finally {
      file.close();
    }
  }

  #isOwn(path: string): boolean {
    return [this.#database.projectFolder, this.#database.trashFolder].includes(dirname(path));
  }

  #put(row: ProjectRow): ProjectRow {
    this.#table.put(row);
    this.#announce('changed', { projects: [row.id] });
    return row;
  }
}

const isThere = ({ path }: Pick<ProjectRow, 'path'>): boolean => statusOf(path) !== undefined;

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino;
}

/** Whether the file at a project's path still is that project, and not something that was put in its place. */
function holdsProject({ id, path }: ProjectRow): boolean {
  if (!statusOf(path)) return false;
  try {
    const file = ProjectFile.open(path);
    file.close();
    return file.id === id;
  } catch {
    return false;
  }
}

const card = (row: ProjectRow): ProjectCard => cardOf(row, !isThere(row));

const cardOf = (row: ProjectRow, missing: boolean): ProjectCard => ({
  id: row.id,
  name: row.name,
  fileName: basename(row.path),
  tags: row.tags,
  created: row.created,
  modified: row.modified,
  trashed: row.trashed,
  missing,
  stage: row.stage,
  thumbnails: row.thumbnails,
  size: row.size,
});
