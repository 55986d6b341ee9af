import { type DocumentRecord, DEFAULT_SETTINGS, recordOf, type SettingsRecord } from '../../core/document/document.ts';
import { useDocument, useOpenedProject } from '../app/studio-context.ts';
import { put } from '../document/project-store.ts';

type Single = Exclude<DocumentRecord['type'], 'pose'>;

/** One record of the open project; the component follows it and nothing else. */
export const useRecord = <T extends Single>(type: T) => useDocument((document) => recordOf(document, type));

/** What the stages are asked to do, and how to ask for something else: one step of undo. */
export function useSettings() {
  const { project } = useOpenedProject();
  const settings = useRecord('settings') ?? DEFAULT_SETTINGS;
  const change = (label: string, part: Partial<Omit<SettingsRecord, 'id' | 'type'>>): void => {
    const now = recordOf(project.getState().document, 'settings') ?? DEFAULT_SETTINGS;
    project.change(label, put({ ...now, ...part }));
  };
  return { settings, change };
}
