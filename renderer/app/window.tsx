import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Settings, StudioState } from '../../preload/contract/studio.ts';
import { runMenuCommand, runShortcut, useCommands } from '../commands/registry.ts';
import { createJobsStore } from '../jobs/jobs-store.ts';
import { JobsPanel } from '../jobs/jobs-panel.tsx';
import { LibraryPage } from '../library/library-page.tsx';
import { ModelsPage } from '../models/models-page.tsx';
import { StudioPage } from '../studio/studio-page.tsx';
import { appCommands } from './app-commands.ts';
import { appStore } from './app-store.ts';
import { Dialogs } from './dialogs.tsx';
import { useFileDrop } from './file-drop.ts';
import { NoticeList } from './notice-list.tsx';
import { attempt, notify } from './notices.ts';
import { openProject } from './open-project.ts';
import { useRecentProjects } from './recent-projects.ts';
import { Boundary } from './boundary.tsx';
import { AppContext } from './studio-context.ts';
import { applyAppearance } from './appearance.ts';
import { TopBar } from './top-bar.tsx';
import styles from './window.module.css';

/** Everything in a window. */
export function Window({ client }: { readonly client: StudioClient }) {
  const [state, setState] = useState<StudioState>();
  useEffect(() => {
    attempt(async () => {
      const asked = await client.studio.state();
      applyAppearance(asked.settings);
      setState(asked);
      for (const text of asked.notices) notify({ kind: 'warning', text });
      if (asked.project !== null) await openProject(client, asked.project);
    });
  }, [client]);
  return state ? <Frame client={client} state={state} /> : <main className={styles.frame} aria-busy="true" />;
}

function Frame({ client, state }: { readonly client: StudioClient; readonly state: StudioState }) {
  const [settings, setSettings] = useState<Settings>(state.settings);
  const [jobs] = useState(() => createJobsStore(client));
  const app = useMemo(() => ({ client, jobs, state, settings }), [client, jobs, state, settings]);
  const { page, showJobs } = useStore(appStore);
  useCommands(useMemo(() => appCommands(client, state), [client, state]));
  useRecentProjects(client);
  useFileDrop(client);
  useEffect(() => {
    const isMac = state.platform === 'darwin';
    const onKey = (event: KeyboardEvent): void => {
      runShortcut(event, isMac);
    };
    window.addEventListener('keydown', onKey);
    const ends = [
      client.studio.on('settingsChanged', (next) => {
        applyAppearance(next);
        setSettings(next);
      }),
      client.studio.on('command', ({ id }) => {
        runMenuCommand(id);
      }),
      client.studio.on('openProject', ({ project }) => {
        attempt(() => openProject(client, project));
      }),
    ];
    return () => {
      window.removeEventListener('keydown', onKey);
      for (const end of ends) end();
    };
  }, [client, state]);
  return (
    <AppContext value={app}>
      <div className={styles.frame}>
        <TopBar />
        <div className={styles.middle}>
          <main className={styles.page}>
            <Boundary name="This page" key={page}>
              {page === 'library' && <LibraryPage />}
              {page === 'studio' && <StudioPage />}
              {page === 'models' && <ModelsPage />}
            </Boundary>
          </main>
          {showJobs && (
            <aside className={styles.jobs} aria-label="Jobs">
              <JobsPanel />
            </aside>
          )}
        </div>
      </div>
      <Dialogs />
      <NoticeList />
    </AppContext>
  );
}
