import {
  type ClipRecord,
  type DocumentRecord,
  newDocument,
  poseId,
  type SceneRecord,
} from '../../../core/document/document.ts';
import { ringCameras } from '../../../core/ring.ts';
import type { CurvePoint, Job } from '../../../preload/contract/jobs.ts';

export const PROJECT = '00000000-0000-4000-8000-000000000000';
export const FRAMES = 25;

export type Progress = 'empty' | 'ready' | 'clip' | 'scene';

/** Assets are named by what they are, and served under that name. */
export const viewAsset = (view: number, frame: number): string => `view-${view}-${frame}`;

/** The records of a project that is so far. */
export function sampleProject(progress: Progress): DocumentRecord[] {
  const records = [...newDocument('Cyborg').values()];
  if (progress === 'empty') return records;
  records.push(
    {
      ...{ id: 'character', type: 'character', picture: 'cyborg', pictureName: 'cyborg.png', width: 480, height: 480 },
      ...{ mask: null, restPose: Array.from({ length: 54 }, (_, k) => (k % 3 === 2 ? 1 : 100 + k)), views: null },
    },
    {
      ...{ id: 'motion', type: 'motion', name: 'walk', source: 'built-in', video: null, skeleton: 'openpose18' },
      ...{ width: 480, height: 480, fps: 12.5, frames: FRAMES, loop: null },
    },
  );
  for (let frame = 0; frame < FRAMES; frame++) {
    const keypoints = Array.from({ length: 54 }, (_, k) => (k % 3 === 2 ? 1 : 100 + k));
    records.push({
      ...{ id: poseId(frame), type: 'pose', frame, keypoints, depths: null, original: null, keys: [], hidden: [] },
    });
  }
  if (progress === 'clip' || progress === 'scene') records.push(sampleClip());
  if (progress === 'scene') records.push(sampleScene());
  return records;
}

export const sampleClip = (): ClipRecord => ({
  ...{ id: 'clip', type: 'clip', width: 192, height: 192, fps: 12.5, frames: FRAMES, replaced: [4] },
  pictures: Array.from({ length: 21 }, (_, view) =>
    Array.from({ length: FRAMES }, (_, frame) => viewAsset(view, frame)),
  ),
  cameras: ringCameras(192).map(({ fx, fy, cx, cy, cameraToWorld }) => ({
    ...{ fx, fy, cx, cy },
    cameraToWorld: [...cameraToWorld],
  })),
  ...{ madeBy: 'puppet', madeAt: '2026-01-01T10:00:00.000Z' },
});

export const sampleScene = (): SceneRecord => ({
  ...{ id: 'scene', type: 'scene', asset: 'scene', gaussians: 18214, frames: FRAMES, fps: 12.5, iterations: 26840 },
  ...{ seconds: 842, preset: 'standard', psnr: 33.42, ssim: 0.9812, madeAt: '2026-01-01T11:00:00.000Z' },
  framePsnr: Array.from({ length: FRAMES }, (_, frame) => 33 + Math.sin(frame)),
  curve: sampleCurve(300, 26840),
});

/** A fit that goes well, with the small setbacks that windows bring. */
export const sampleCurve = (points: number, iterations: number): CurvePoint[] =>
  Array.from({ length: points }, (_, i): CurvePoint => {
    const at = i / (points - 1);
    const setback = at < 0.5 ? 1.2 * Math.abs(Math.sin(at * 60)) : 0;
    return [
      Math.round(at * iterations),
      0.12 * Math.exp(-3 * at) + 0.004,
      18 + 15.4 * (1 - Math.exp(-4 * at)) - setback,
    ];
  });

export const sampleJob = (id: string, part: Partial<Job> & Pick<Job, 'task' | 'state'>): Job => ({
  ...{ id, project: PROJECT, projectName: 'Cyborg', added: '2026-01-01T12:00:00.000Z' },
  ...{ started: '2026-01-01T12:00:01.000Z', ended: null, progress: null, error: null, result: null, restarts: 0 },
  ...part,
});

export const RUNNING_FIT = sampleJob('fit', {
  ...{ task: { kind: 'optimise' }, state: 'running' },
  progress: {
    ...{ phase: 'Fitting frames 7 to 18', done: 9120, total: 26840, unit: 'iterations', note: 'PSNR 29.7 dB' },
    ...{ share: 0.34, secondsLeft: 512 },
  },
});

/** A queue with a job in every state. */
export const sampleQueue = (): Job[] => [
  sampleJob('pose', {
    ...{ task: { kind: 'rest-pose' }, state: 'done', ended: '2026-01-01T12:00:06.000Z' },
    result: 'Found 18 of 18 joints.',
  }),
  sampleJob('read', {
    ...{ task: { kind: 'poses' }, state: 'failed', ended: '2026-01-01T12:00:09.000Z' },
    error: 'In dance.mp4 nobody is seen; choose a video that shows one person from head to feet.',
  }),
  RUNNING_FIT,
  sampleJob('ply', {
    task: { kind: 'export', target: { kind: 'ply-sequence', preset: 'supersplat', frames: [0, 24] } },
    ...{ state: 'waiting', started: null },
  }),
  sampleJob('again', { ...{ task: { kind: 'generate' }, state: 'waiting', started: null }, projectName: 'Robot' }),
];
