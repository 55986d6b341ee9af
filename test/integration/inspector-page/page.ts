import { createElement as h, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useStore } from 'zustand';
import type { WorkspaceRecord } from '../../../core/document/document.ts';
import { packChange } from '../../../core/document/packed-pose.ts';
import type { Settings, StudioState } from '../../../preload/contract/studio.ts';
import { Dialogs } from '../../../renderer/app/dialogs.tsx';
import { appStore, showDialog } from '../../../renderer/app/app-store.ts';
import { NoticeList } from '../../../renderer/app/notice-list.tsx';
import { AppContext, ProjectContext } from '../../../renderer/app/studio-context.ts';
import { createClient } from '../../../renderer/bridge/client.ts';
import { registry, runShortcut } from '../../../renderer/commands/registry.ts';
import { createProjectStore } from '../../../renderer/document/project-store.ts';
import { Inspector } from '../../../renderer/inspector/inspector.tsx';
import { createJobsStore } from '../../../renderer/jobs/jobs-store.ts';
import { JobsPanel } from '../../../renderer/jobs/jobs-panel.tsx';
import { ModelsPage } from '../../../renderer/models/models-page.tsx';
import { createPlaybackStore } from '../../../renderer/playback/playback-store.ts';
import { Sources } from '../../../renderer/sources/sources.tsx';
import '../../../renderer/ui/base.css';
import { Views } from '../../../renderer/views/views.tsx';
import { FakeBridge } from './fake-bridge.ts';
import './page.css';
import { FRAMES, type Progress, PROJECT, RUNNING_FIT, sampleProject, sampleQueue } from './sample-project.ts';

// The parts around the viewport without the program: real stores and client, the main process played.

const options = new URLSearchParams(location.search);
const option = (name: string, otherwise: string): string => options.get(name) ?? otherwise;
document.documentElement.dataset.theme = option('theme', 'dark');
document.documentElement.style.fontSize = `${option('text', '100')}%`;

const queues = { none: [], fit: [RUNNING_FIT], all: sampleQueue() };
const bridge = new FakeBridge(
  queues[option('jobs', 'none') as keyof typeof queues],
  option('models', 'some') === 'some',
);
const client = createClient(bridge);
const project = createProjectStore({
  id: PROJECT,
  records: sampleProject(option('progress', 'scene') as Progress).map((record) =>
    record.type === 'workspace'
      ? { ...record, stage: option('stage', 'character') as WorkspaceRecord['stage'] }
      : record,
  ),
  keep: (diff) => client.project.apply({ project: PROJECT, change: packChange(diff) }),
});
const playback = createPlaybackStore({ frames: FRAMES, fps: 12.5 });
const jobs = createJobsStore(client);
const settings: Settings = {
  ...{ theme: 'dark', textSize: 100, threads: null, background: 'studio', showGrid: true },
  panels: { left: null, right: null, bottom: null, hidden: [] },
};
const state: StudioState = { version: '0.0.0', platform: 'linux', settings, project: PROJECT, notices: [] };
const app = { client, jobs, state, settings };
const opened = { project, playback, fileName: 'cyborg.cshot' };
appStore.setState({ opened, page: 'studio' });

function Page() {
  const { page } = useStore(appStore);
  if (page === 'models' || options.has('modelsPage')) return h(ModelsPage);
  if (options.has('jobsPanel')) return h('aside', { className: 'jobs', 'aria-label': 'Jobs' }, h(JobsPanel));
  return h(
    'div',
    { className: 'studio' },
    h('aside', { 'aria-label': 'Character and motion' }, h(Sources)),
    h('main', null, h(Views)),
    h('aside', { 'aria-label': 'Stages' }, h(Inspector)),
  );
}

window.addEventListener('keydown', (event) => {
  runShortcut(event, false);
});
Object.assign(window, { studio: { project, playback, bridge, registry, showDialog } });
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    h(
      StrictMode,
      null,
      h(AppContext, { value: app }, h(ProjectContext, { value: opened }, h(Page)), h(Dialogs), h(NoticeList)),
    ),
  );
}
