import { describe, expect, it } from 'vitest';
import type { CharacterRecord, ClipRecord, MotionRecord, SceneRecord } from '../../core/document/document.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { type StageInput, stageStates } from './stage-states.ts';

const character: CharacterRecord = {
  ...{ id: 'character', type: 'character', picture: 'a', pictureName: 'a.png', width: 10, height: 10 },
  ...{ mask: null, restPose: null, views: null },
};
const motion: MotionRecord = {
  ...{ id: 'motion', type: 'motion', name: 'walk', source: 'built-in', video: null, skeleton: 'openpose18' },
  ...{ width: 10, height: 10, fps: 12, frames: 25, loop: null },
};
const clip: ClipRecord = {
  ...{ id: 'clip', type: 'clip', width: 64, height: 64, fps: 12, frames: 25, pictures: [], cameras: [], replaced: [] },
  ...{ madeBy: 'puppet', madeAt: '2026-01-02T00:00:00Z' },
};
const scene: SceneRecord = {
  ...{ id: 'scene', type: 'scene', asset: 'b', gaussians: 10, frames: 25, fps: 12, iterations: 5, seconds: 1 },
  ...{ preset: 'draft', psnr: 30, ssim: 0.9, framePsnr: [], curve: [], madeAt: '2026-01-03T00:00:00Z' },
};
const nothing: StageInput = { character: undefined, motion: undefined, clip: undefined, scene: undefined, jobs: [] };

const job = (task: Job['task'], state: Job['state'], ended: string | null = null): Job => ({
  ...{ id: `${task.kind} ${state}`, project: 'p', projectName: 'P', task, state, added: '2026-01-01T00:00:00Z' },
  ...{ started: null, ended, progress: null, error: null, result: null, restarts: 0 },
});

describe('the state of the stages', () => {
  it('in an empty project everything waits for something', () => {
    const states = stageStates(nothing);
    expect(Object.values(states).map(({ kind }) => kind)).toEqual(['blocked', 'blocked', 'blocked', 'blocked']);
    expect(stageStates({ ...nothing, character }).generate).toEqual({
      kind: 'blocked',
      need: 'Choose a motion at the left.',
    });
  });

  it('go from ready to done as the records come', () => {
    expect(stageStates({ ...nothing, character, motion }).generate.kind).toBe('ready');
    expect(stageStates({ ...nothing, character, motion, clip }).optimise.kind).toBe('ready');
    const done = stageStates({ ...nothing, character: { ...character, restPose: [0] }, motion, clip, scene });
    expect(Object.values(done).map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'ready']);
  });

  it('a scene that is older than its views is outdated', () => {
    const newer = { ...clip, madeAt: '2026-01-04T00:00:00Z' };
    expect(stageStates({ ...nothing, clip: newer, scene }).optimise).toMatchObject({
      kind: 'done',
      outdated: 'The views are newer than this scene.',
    });
  });

  it('views that are older than the motion or the character are outdated, whatever the clock says', () => {
    const madeFrom = { character: 'a', motion: 'm' };
    const outdated = (inputs: StageInput['inputs'], made: ClipRecord['madeFrom'] = madeFrom) =>
      stageStates({ ...nothing, character, motion, clip: { ...clip, madeFrom: made }, inputs }).generate;
    expect(outdated(madeFrom)).toEqual({ kind: 'done', outdated: null });
    expect(outdated({ ...madeFrom, motion: 'n' })).toMatchObject({ outdated: 'The motion is newer than these views.' });
    expect(outdated({ ...madeFrom, character: 'b' })).toMatchObject({
      outdated: 'The character is newer than these views.',
    });
    expect(outdated({ character: 'b', motion: 'n' })).toMatchObject({
      outdated: 'The character and its motion are newer than these views.',
    });
    expect(outdated(undefined)).toMatchObject({ outdated: null });
    expect(stageStates({ ...nothing, character, motion, clip, inputs: madeFrom }).generate).toMatchObject({
      outdated: null,
    });
  });

  it('a job that runs comes before one that waits, and both before the result', () => {
    const jobs = [job({ kind: 'optimise' }, 'waiting'), job({ kind: 'optimise' }, 'running')];
    expect(stageStates({ ...nothing, clip, scene, jobs }).optimise).toMatchObject({ kind: 'active', job: jobs[1] });
  });

  it('a failure shows until a later result or a later job takes its place', () => {
    const failed = job({ kind: 'generate' }, 'failed', '2026-01-01T12:00:00Z');
    expect(stageStates({ ...nothing, character, motion, jobs: [failed] }).generate.kind).toBe('failed');
    expect(stageStates({ ...nothing, character, motion, clip, jobs: [failed] }).generate.kind).toBe('done');
    const late = job({ kind: 'generate' }, 'failed', '2026-01-05T00:00:00Z');
    expect(stageStates({ ...nothing, character, motion, clip, jobs: [late] }).generate.kind).toBe('failed');
    const cancelled = job({ kind: 'import-clip' }, 'cancelled', '2026-01-06T00:00:00Z');
    expect(stageStates({ ...nothing, character, motion, clip, jobs: [late, cancelled] }).generate.kind).toBe('done');
  });
});
