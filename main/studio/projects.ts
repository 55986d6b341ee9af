import { basename, resolve } from 'node:path';
import type { AssetId, DocumentDiff, ProjectDocument } from '../../core/document/document.ts';
import type { PackedChange } from '../../core/document/packed-pose.ts';
import { AppError } from '../../core/errors.ts';
import type { Announce } from '../../preload/contract/feature.ts';
import type { library } from '../../preload/contract/library.ts';
import type { OpenProject, project, SavedProject } from '../../preload/contract/project.ts';
import { fileFacts, keepThumbnails } from './library/file-facts.ts';
import type { LibraryDatabase } from './library/library-database.ts';
import type { ProjectRow } from './library/project-table.ts';
import { statusOf } from './project-file/examine-file.ts';
import { PROJECT_EXTENSION } from './project-file/kind.ts';
import { ProjectFile } from './project-file/project-file.ts';
import { renaming } from './project-file/renaming.ts';

/** How long after a change the library hears of it, ms: a gesture is many changes. */
const REFRESH_MS = 500;
/** Assets that no record names are kept for a day: a job may have added them, and go on after a crash. */
const GARBAGE_AGE_MS = 24 * 3600 * 1000;

export interface ProjectsOptions {
  readonly library: LibraryDatabase;
  readonly announceProject: Announce<typeof project>;
  readonly announceLibrary: Announce<typeof library>;
  /** Whether a job works on a project, or waits to. */
  readonly isBusy?: (project: string) => boolean;
}

interface OpenEntry {
  readonly file: ProjectFile;
  /** Windows that show it. */
  readonly windows: Set<number>;
  /** Calls that are using it. */
  uses: number;
}

/** The open projects: one `ProjectFile` each, for as long as a window shows it or a call uses it. */
export class Projects {
  readonly #options: ProjectsOptions;
  readonly #open = new Map<string, OpenEntry>();
  readonly #refreshes = new Map<string, NodeJS.Timeout>();

  constructor(options: ProjectsOptions) {
    this.#options = options;
  }

  /** Opens a project for a window. Throws 'not-found' for one that is not in the library, or whose file is gone. */
  open(id: string, window: number): OpenProject {
    const entry = this.#entry(id);
    try {
      const { document, warnings } = entry.file.records();
      entry.windows.add(window);
      this.#refresh(id, entry.file, { opened: new Date().toISOString() });
      keepThumbnails(this.#table, entry.file);
      return { id, records: [...document.values()], fileName: entry.file.fileName, warnings };
    } catch (error) {
      this.#closeUnused(id, entry);
      throw error;
    }
  }

  /** The window no longer shows it. */
  async close(id: string, window: number): Promise<void> {
    const entry = this.#open.get(id);
    if (!entry?.windows.delete(window) || entry.windows.size > 0) return;
    entry.uses++;
    try {
      this.#refreshNow(id);
      if (!this.isBusy(id) && !entry.file.damaged) {
        await entry.file.collectGarbage(new Date(Date.now() - GARBAGE_AGE_MS));
      }
    } finally {
      this.#release(id, entry);
    }
  }

  /** The window is gone, and all that it showed. */
  async windowClosed(window: number): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id, window)));
  }

  /** The studio ends: every file is made whole and let go of, at once. */
  closeAll(): void {
    for (const [id, { file }] of this.#open) {
      this.#refreshNow(id);
      file.close();
    }
    this.#open.clear();
  }

  /** Takes a project away from all windows. Throws where a call or a job is using it. */
  closeForGood(id: string): void {
    const entry = this.#open.get(id);
    if ((entry && entry.uses > 0) || this.isBusy(id)) {
      throw new AppError('failed', `A job or a copy is using ${this.row(id).name}; cancel it or wait for it first.`);
    }
    if (!entry) return;
    this.#refreshNow(id);
    entry.windows.clear();
    this.#closeUnused(id, entry);
  }

  isBusy(id: string): boolean {
    return this.#options.isBusy?.(id) ?? false;
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** An open project's file. Throws 'not-found' where no window has it open. */
  file(id: string): ProjectFile {
    const entry = this.#open.get(id);
    if (!entry) throw new AppError('not-found', 'The project is not open; open it again from the library.');
    return entry.file;
  }

  /** A project's document and where its file is, whether it is open or not. */
  document(id: string): { readonly document: ProjectDocument; readonly path: string } {
    const entry = this.#entry(id);
    try {
      return { document: entry.file.records().document, path: entry.file.path };
    } finally {
      this.#closeUnused(id, entry);
    }
  }

  /** Lets `use` work on a project's file, which is opened for that long where it is not open. */
  async withFile<T>(id: string, use: (file: ProjectFile) => T | Promise<T>): Promise<T> {
    const entry = this.#entry(id);
    entry.uses++;
    try {
      return await use(entry.file);
    } finally {
      this.#release(id, entry);
    }
  }

  /** Writes a window's change. It is safe from a crash of the program when this returns. */
  apply(id: string, change: PackedChange): void {
    this.file(id).put(change);
    this.#noteChange(id);
  }

  /** Writes a change that a job or the library made, whether the project is open or not, and tells the windows. */
  async applyFromJob(id: string, diff: DocumentDiff, label: string): Promise<void> {
    await this.withFile(id, (file) => {
      file.apply(diff);
      this.#options.announceProject('changed', { project: id, diff, label });
      this.#noteChange(id);
      this.#refreshNow(id);
    });
  }

  /** Folds all of an open project into its one file. */
  async save(id: string): Promise<SavedProject> {
    this.file(id);
    return await this.withFile(id, async (file) => {
      await file.save();
      this.#refreshNow(id);
      return saved(file);
    });
  }

  /** Copies the project to `path` as a project of its own, named after the file, which the window goes on with. */
  async saveAs(id: string, path: string, window: number): Promise<SavedProject> {
    const target = resolve(path.endsWith(PROJECT_EXTENSION) ? path : path + PROJECT_EXTENSION);
    if (target === this.file(id).path && !this.file(id).damaged) return await this.save(id);
    await this.withFile(id, (file) => file.copyTo(target, { newId: true }));
    const copy = this.register(target, { name: basename(target, PROJECT_EXTENSION), tags: this.row(id).tags });
    this.open(copy.id, window);
    const result = await this.save(copy.id);
    await this.close(id, window);
    return result;
  }

  /** Keeps frame `index` of the moving thumbnail in the file, so that it travels along, and in the library. */
  setThumbnail(id: string, index: number, picture: Uint8Array): void {
    this.file(id).setThumbnail(index, picture);
    this.#table.setThumbnail(id, index, picture);
    this.#noteChange(id);
  }

  /** All bytes of an open project's asset. */
  asset(id: string, asset: AssetId): Uint8Array<ArrayBuffer> {
    return this.file(id).asset(asset);
  }

  /** Where a project's file is, and its name, for jobs. Throws where it is missing or in the trash. */
  locate(id: string): { readonly path: string; readonly name: string } {
    const { path, name, trashed } = this.row(id);
    if (trashed) throw new AppError('not-found', `${name} is in the trash; restore it first.`);
    if (!statusOf(path)) throw missing(name, path);
    return { path, name };
  }

  /** What the library knows of a project. Throws 'not-found' for one that it does not know. */
  row(id: string): ProjectRow {
    const row = this.#table.get(id);
    if (!row) throw new AppError('not-found', 'The library has no such project; add its file again.');
    return row;
  }

  /** Takes a file that is not open into the library; `name` renames the project in it. */
  register(
    path: string,
    { name, tags = [] }: { readonly name?: string; readonly tags?: readonly string[] } = {},
  ): ProjectRow {
    const file = ProjectFile.open(path);
    try {
      if (name !== undefined) file.apply(renaming(file, name));
      const row = { ...fileFacts(file, this.#table.get(file.id)), tags };
      this.#table.put(row);
      keepThumbnails(this.#table, file);
      this.#options.announceLibrary('changed', { projects: [row.id] });
      return row;
    } finally {
      file.close();
    }
  }

  get #table() {
    return this.#options.library.projects;
  }

  #entry(id: string): OpenEntry {
    const known = this.#open.get(id);
    if (known) return known;
    const { path, name, trashed } = this.row(id);
    if (trashed) throw new AppError('not-found', `${name} is in the trash; restore it first.`);
    if (!statusOf(path)) throw missing(name, path);
    const file = ProjectFile.open(path);
    if (file.id !== id) {
      file.close();
      throw new AppError('bad-input', `${path} now holds another project than ${name}; find ${name} with "Locate".`);
    }
    const entry = { file, windows: new Set<number>(), uses: 0 };
    this.#open.set(id, entry);
    return entry;
  }

  #release(id: string, entry: OpenEntry): void {
    entry.uses--;
    this.#closeUnused(id, entry);
  }

  #closeUnused(id: string, entry: OpenEntry): void {
    if (entry.uses > 0 || entry.windows.size > 0) return;
    if (this.#open.get(id) === entry) this.#open.delete(id);
    clearTimeout(this.#refreshes.get(id));
    this.#refreshes.delete(id);
    entry.file.close();
  }

  #noteChange(id: string): void {
    if (this.#refreshes.has(id)) return;
    this.#refreshes.set(
      id,
      setTimeout(() => {
        this.#refreshNow(id);
      }, REFRESH_MS),
    );
  }

  /** Tells the library of what was changed. */
  #refreshNow(id: string): void {
    const timer = this.#refreshes.get(id);
    clearTimeout(timer);
    this.#refreshes.delete(id);
    const file = this.#open.get(id)?.file;
    if (file) this.#refresh(id, file, timer ? { modified: new Date().toISOString() } : {});
  }

  /** Never throws: the project itself is in its file, and the library hears of it when it is next opened or closed. */
  #refresh(id: string, file: ProjectFile, news: Partial<ProjectRow>): void {
    try {
      const known = this.#table.get(id);
      if (!known || file.closed || file.damaged) return;
      const row = { ...fileFacts(file, known), ...news };
      if (JSON.stringify(row) === JSON.stringify({ ...row, ...known })) return;
      this.#table.put(row);
    } catch {
      return;
    }
    this.#options.announceLibrary('changed', { projects: [id] });
  }
}

const saved = (file: ProjectFile): SavedProject => ({ id: file.id, fileName: file.fileName, size: file.size() });

const missing = (name: string, path: string): AppError =>
  new AppError('not-found', `${name} is no longer at ${path}; find its file with "Locate".`);
