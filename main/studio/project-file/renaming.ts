import { type DocumentDiff, recordOf } from '../../../core/document/document.ts';
import type { ProjectFile } from './project-file.ts';

/** The change that gives a project another name. */
export function renaming(file: ProjectFile, name: string): DocumentDiff {
  const before = recordOf(file.records().document, 'project');
  const after = { id: 'project', type: 'project', name } as const;
  return { added: before ? [] : [after], updated: before ? [[before, after]] : [], removed: [] };
}
