import { statSync } from 'node:fs';
import type { ProjectFile } from '../project-file/project-file.ts';
import type { ProjectRow, ProjectTable } from './project-table.ts';

/** What the library keeps of an open project file; `known` is kept where the file does not say otherwise. */
export function fileFacts(file: ProjectFile, known?: ProjectRow): ProjectRow {
  const { name, stage, sources } = file.outline();
  const { mtime, birthtime, size } = statSync(file.path);
  return {
    home: null,
    tags: [],
    // Some file systems do not know when a file was made, and say 1970.
    created: (birthtime.getTime() > 0 ? birthtime : mtime).toISOString(),
    modified: mtime.toISOString(),
    opened: null,
    trashed: false,
    ...known,
    id: file.id,
    path: file.path,
    name: name ?? known?.name ?? 'Recovered project',
    ...{ sources, stage, size, thumbnails: file.thumbnails() },
  };
}

/** Copies a file's thumbnails into the library, where its row must be already. */
export function keepThumbnails(table: ProjectTable, file: ProjectFile): void {
  for (let index = 0; index < file.thumbnails(); index++) {
    const picture = file.thumbnail(index);
    if (picture) table.setThumbnail(file.id, index, picture);
  }
}
