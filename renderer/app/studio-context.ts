import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { ProjectDocument } from '../../core/document/document.ts';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Settings, StudioState } from '../../preload/contract/studio.ts';
import type { ProjectStore } from '../document/project-store.ts';
import type { JobsStore } from '../jobs/jobs-store.ts';
import type { PlaybackStore } from '../playback/playback-store.ts';

/** What every page of the window shares. */
export interface App {
  readonly client: StudioClient;
  readonly jobs: JobsStore;
  readonly state: StudioState;
  readonly settings: Settings;
}

/** What belongs to the open project. */
export interface OpenedProject {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
}

export const AppContext = createContext<App | null>(null);
export const ProjectContext = createContext<OpenedProject | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('Used outside of the app.');
  return app;
}

export function useOpenedProject(): OpenedProject {
  const opened = useContext(ProjectContext);
  if (!opened) throw new Error('Used outside of an open project.');
  return opened;
}

/** Part of the open project's document; the component follows it. `select` must give back what it gave for the same document. */
export function useDocument<T>(select: (document: ProjectDocument) => T): T {
  return useStore(useOpenedProject().project, ({ document }) => select(document));
}
