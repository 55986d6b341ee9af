import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import cyborg from '../../../assets/characters/cyborg.png?url';
import motion from '../../../assets/motions/wave.json?raw';
import { recordOf } from '../../../core/document/document.ts';
import type { SkeletonId } from '../../../core/poses/skeleton.ts';
import { registry, runShortcut } from '../../../renderer/commands/registry.ts';
import { createProjectStore } from '../../../renderer/document/project-store.ts';
import { createPlaybackStore, runPlayback } from '../../../renderer/playback/playback-store.ts';
import type { PoseClient } from '../../../renderer/pose-editor/pose-commands.ts';
import { PoseEditor } from '../../../renderer/pose-editor/pose-editor.tsx';
import { poseModelOf } from '../../../renderer/pose-editor/pose-model.ts';
import { Timeline } from '../../../renderer/timeline/timeline.tsx';
import { timelineModelOf } from '../../../renderer/timeline/timeline-model.ts';
import '../../../renderer/ui/base.css';
import './page.css';
import { sampleRecords } from './sample-document.ts';

// The pose editor and the timeline without the program around them: the main process is played by functions that
// remember what they were asked.

const options = new URLSearchParams(location.search);
const frames = Number(options.get('frames') ?? 25);
const skeleton = (options.get('skeleton') ?? 'coco-wholebody133') as SkeletonId;
const video = options.get('video');
document.documentElement.dataset.theme = options.get('theme') ?? 'dark';
if (options.has('text')) document.documentElement.style.fontSize = `${options.get('text') ?? '100'}%`;

const asked: unknown[] = [];
const answer =
  <T>(name: string, value: T) =>
  (...input: unknown[]): Promise<T> => {
    asked.push([name, ...input]);
    return Promise.resolve(value);
  };
const client: PoseClient = {
  project: { exportPoses: answer('exportPoses', { fileName: 'poses.json' }) },
  jobs: { start: answer('start', null) },
};
const kept: unknown[] = [];
const project = createProjectStore({
  id: '00000000-0000-4000-8000-000000000000',
  records: sampleRecords(motion, {
    ...{ skeleton, frames, video },
    picture: options.has('empty') ? null : 'picture',
  }),
  keep: (diff) => {
    kept.push(diff);
    return Promise.resolve();
  },
});
const playback = createPlaybackStore({ frames, fps: 12.5 });
const model = poseModelOf(project, playback);
// The program does this where it opens a project.
project.subscribe(({ document }) => {
  const motion = recordOf(document, 'motion');
  const now = playback.getState();
  if (motion && (motion.frames !== now.frames || motion.fps !== now.fps)) playback.setLength(motion.frames, motion.fps);
});
runPlayback(playback);
const assetUrl = (asset: string): string => (asset === 'picture' ? cyborg : asset);

function Page() {
  return createElement(
    'div',
    { className: 'page' },
    createElement(PoseEditor, { project, playback, client, assetUrl }),
    createElement(Timeline, { project, playback }),
  );
}

window.addEventListener('keydown', (event) => {
  runShortcut(event, false);
});
Object.assign(window, {
  studio: { project, playback, model, timeline: timelineModelOf(project, playback), asked, kept, registry },
});
const root = document.getElementById('root');
if (root) createRoot(root).render(createElement(Page));
