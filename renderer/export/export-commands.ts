import { showDialog } from '../app/app-store.ts';
import type { Command } from '../commands/command.ts';
import type { ProjectStore } from '../document/project-store.ts';
import { EXPORT_KINDS } from './export-draft.ts';
import { exportDraft } from './export-store.ts';

/** A command for each kind of export; it opens the dialog there. */
export const exportCommands = (project: ProjectStore): readonly Command[] =>
  EXPORT_KINDS.map(({ value, label }) => ({
    id: `export.${value}`,
    label: `Export: ${label}…`,
    group: 'File',
    when: () => project.getState().document.has('scene'),
    run: () => {
      exportDraft.setState({ kind: value });
      showDialog('export');
    },
  }));
