import { recordOf, type ProjectDocument } from '../../core/document/document.ts';
import { packChange } from '../../core/document/packed-pose.ts';
import type { StudioClient } from '../../preload/contract/contract.ts';
import { createProjectStore, put, type ProjectStore } from '../document/project-store.ts';
import { createPlaybackStore, type PlaybackStore, runPlayback } from '../playback/playback-store.ts';
import { appStore } from './app-store.ts';
import { notify } from './notices.ts';

let ends: (() => void)[] = [];
/** Opening and closing follow one another, however quickly they are asked for. */
let turn: Promise<void> = Promise.resolve();

/** Shows a project in the studio; the one that was open is kept and closed first. */
export function openProject(client: StudioClient, id: string): Promise<void> {
  return inTurn(async () => {
    if (appStore.getState().opened?.project.id === id) {
      appStore.setState({ page: 'studio' });
      return;
    }
    await close(client);
    const { records, fileName, warnings } = await client.project.open({ project: id });
    const project = createProjectStore({
      id,
      records,
      keep: (diff) => client.project.apply({ project: id, change: packChange(diff) }),
    });
    const playback = createPlaybackStore(lengthOf(project.getState().document));
    playback.seek(recordOf(project.getState().document, 'workspace')?.frame ?? 0);
    ends = [
      client.project.on('changed', ({ project: changed, diff, label }) => {
        if (changed === id) project.receive(label, diff);
      }),
      followLength(project, playback),
      rememberFrame(project, playback),
      runPlayback(playback),
    ];
    appStore.setState({ opened: { project, playback, fileName }, page: 'studio' });
    for (const text of warnings) notify({ kind: 'warning', text });
  });
}

export const closeProject = (client: StudioClient): Promise<void> => inTurn(() => close(client));

async function close(client: StudioClient): Promise<void> {
  const { opened } = appStore.getState();
  if (!opened) return;
  for (const end of ends) end();
  ends = [];
  await opened.project.settled();
  appStore.setState({ opened: null, page: 'library' });
  await client.project.close({ project: opened.project.id });
}

function inTurn(work: () => Promise<void>): Promise<void> {
  const result = turn.then(work);
  turn = result.catch(() => {
    // Whoever asked is told; the next may go on.
  });
  return result;
}

/** Frames and pace of what there is to play: the scene, before that the clip, before that the poses. */
function lengthOf(document: ProjectDocument): { frames: number; fps: number; loop: readonly [number, number] | null } {
  const motion = recordOf(document, 'motion');
  const { frames, fps } = recordOf(document, 'scene') ?? recordOf(document, 'clip') ?? motion ?? { frames: 1, fps: 24 };
  const loop = motion?.loop ?? null;
  return { frames, fps, loop: loop && loop[1] < frames ? loop : null };
}

function followLength(project: ProjectStore, playback: PlaybackStore): () => void {
  return project.subscribe(({ document }) => {
    const { frames, fps } = lengthOf(document);
    const now = playback.getState();
    if (now.frames !== frames || now.fps !== fps) playback.setLength(frames, fps);
  });
}

const REST_MS = 1000;

/** Keeps where the playhead rests, so that tomorrow it is there again. */
function rememberFrame(project: ProjectStore, playback: PlaybackStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    const workspace = recordOf(project.getState().document, 'workspace');
    const frame = Math.round(playback.getState().frame);
    if (workspace && workspace.frame !== frame) {
      project.change('Seek', put({ ...workspace, frame }), { undo: 'ignore' });
    }
  };
  const unsubscribe = playback.subscribe(({ playing }) => {
    clearTimeout(timer);
    if (!playing) timer = setTimeout(keep, REST_MS);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
    keep();
  };
}
