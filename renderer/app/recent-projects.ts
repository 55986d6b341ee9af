import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { RecentProject } from '../../preload/contract/library.ts';
import type { Command } from '../commands/command.ts';
import { useCommands } from '../commands/registry.ts';
import { tellFailure } from './notices.ts';
import { openProject } from './open-project.ts';

/** The projects that were opened last, newest first. */
export const recentStore = createStore<readonly RecentProject[]>()(() => []);

/** Keeps the list of recent projects up to date, and its commands in the palette. */
export function useRecentProjects(client: StudioClient): void {
  const recent = useStore(recentStore);
  useEffect(() => followRecent(client), [client]);
  useCommands(useMemo(() => recentCommands(client, recent), [client, recent]));
}

/** Asks again: files come and go without the library hearing of it. */
export function askRecent(client: StudioClient): void {
  client.library
    .recent()
    .then((list) => {
      if (JSON.stringify(list) !== JSON.stringify(recentStore.getState())) recentStore.setState(list, true);
    })
    .catch(tellFailure);
}

/** While a project is edited the library changes all the time, and the list rarely with it. */
const REST_MS = 200;

function followRecent(client: StudioClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (): void => {
    timer = undefined;
    askRecent(client);
  };
  ask();
  const end = client.library.on('changed', () => {
    timer ??= setTimeout(ask, REST_MS);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

function recentCommands(client: StudioClient, recent: readonly RecentProject[]): readonly Command[] {
  const open = recent
    .filter(({ missing }) => !missing)
    .map(({ id, label }): Command => ({
      id: `file.recent.${id}`,
      label: `Open recent: ${label}`,
      group: 'File',
      run: () => openProject(client, id),
    }));
  const clear: Command = {
    id: 'file.clearRecent',
    label: 'Clear the recent projects',
    group: 'File',
    when: () => recent.length > 0,
    run: () => client.library.clearRecent(),
  };
  return [...open, clear];
}
