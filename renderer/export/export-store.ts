import { createStore } from 'zustand/vanilla';
import { type ExportDraft, START_DRAFT } from './export-draft.ts';

/** The dialog's fields; kept while the window is open, so that the next export begins where the last one ended. */
export const exportDraft = createStore<ExportDraft>()(() => START_DRAFT);
