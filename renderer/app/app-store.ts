import { createStore } from 'zustand/vanilla';
import type { OpenProject } from '../../preload/contract/project.ts';
import type { OpenedProject } from './studio-context.ts';

export type DialogName = 'settings' | 'about' | 'shortcuts' | 'export' | 'palette';

/** Where the window is. */
export interface AppState {
  readonly page: 'library' | 'studio' | 'models';
  readonly dialog: DialogName | null;
  /** The list of jobs at the side. */
  readonly showJobs: boolean;
  readonly opened: (OpenedProject & { readonly fileName: OpenProject['fileName'] }) | null;
}

export const appStore = createStore<AppState>()(() => ({
  page: 'library',
  dialog: null,
  showJobs: false,
  opened: null,
}));

export const showDialog = (dialog: DialogName | null): void => {
  appStore.setState({ dialog });
};

export const showPage = (page: AppState['page']): void => {
  appStore.setState({ page: page === 'studio' && !appStore.getState().opened ? 'library' : page });
};
