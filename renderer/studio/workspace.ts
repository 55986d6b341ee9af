import { DEFAULT_WORKSPACE, recordOf, type WorkspaceRecord } from '../../core/document/document.ts';
import { put, type ProjectStore } from '../document/project-store.ts';

/** Changes where things are in the window; undo passes over it. */
export function arrange(
  project: ProjectStore,
  part: Partial<Pick<WorkspaceRecord, 'centre' | 'stage' | 'orbit' | 'thumbnailOf'>>,
): void {
  const workspace = recordOf(project.getState().document, 'workspace') ?? DEFAULT_WORKSPACE;
  project.change('Arrange', put({ ...workspace, ...part }), { undo: 'ignore' });
}
