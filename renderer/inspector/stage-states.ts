import type { ClipInputs } from '../../core/document/clip-inputs.ts';
import type {
  CharacterRecord,
  ClipRecord,
  MotionRecord,
  SceneRecord,
  WorkspaceRecord,
} from '../../core/document/document.ts';
import type { Job, Task } from '../../preload/contract/jobs.ts';
import { hasEnded } from '../jobs/jobs-store.ts';

export type Stage = WorkspaceRecord['stage'];

/** How far a stage is. */
export type StageState =
  /** Something is missing, which `need` says. */
  | { readonly kind: 'blocked'; readonly need: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'active'; readonly job: Job }
  | { readonly kind: 'failed'; readonly job: Job }
  /** `outdated`: why it would come out differently now. */
  | { readonly kind: 'done'; readonly outdated: string | null };

export interface StageInput {
  readonly character: CharacterRecord | undefined;
  readonly motion: MotionRecord | undefined;
  readonly clip: ClipRecord | undefined;
  readonly scene: SceneRecord | undefined;
  /** What a clip would be made from now; undefined where something is missing. */
  readonly inputs?: ClipInputs | undefined;
  /** Of this project, in the queue's order. */
  readonly jobs: readonly Job[];
}

const KINDS: Readonly<Record<Stage, readonly Task['kind'][]>> = {
  character: ['rest-pose'],
  generate: ['generate', 'import-clip'],
  optimise: ['optimise'],
  export: ['export'],
};

/** The state of each stage, from what the project has and what is being done to it. */
export function stageStates(input: StageInput): Readonly<Record<Stage, StageState>> {
  return {
    character: stageState('character', input),
    generate: stageState('generate', input),
    optimise: stageState('optimise', input),
    export: stageState('export', input),
  };
}

function stageState(stage: Stage, input: StageInput): StageState {
  const own = input.jobs.filter(({ task }) => KINDS[stage].includes(task.kind));
  // What runs comes before what waits behind it.
  const active =
    own.find(({ state }) => state === 'running' || state === 'paused') ?? own.find((job) => !hasEnded(job));
  if (active) return { kind: 'active', job: active };
  const last = lastEnded(own);
  if (last?.state === 'failed' && !isOvertaken(last, stage, input)) return { kind: 'failed', job: last };
  return withoutJobs(stage, input, last);
}

/** The one that ended last, or was added last where that is not known. */
function lastEnded(jobs: readonly Job[]): Job | undefined {
  const when = ({ ended, added }: Job): number => Date.parse(ended ?? added);
  return jobs.reduce<Job | undefined>((last, job) => (last && when(last) > when(job) ? last : job), undefined);
}

/** Whether the stage's result came in another way after the job failed. */
function isOvertaken({ ended }: Job, stage: Stage, { character, clip, scene }: StageInput): boolean {
  if (stage === 'character') return (character?.restPose ?? null) !== null;
  const made = stage === 'generate' ? clip?.madeAt : stage === 'optimise' ? scene?.madeAt : undefined;
  return made !== undefined && ended !== null && Date.parse(made) > Date.parse(ended);
}

function withoutJobs(
  stage: Stage,
  { character, motion, clip, scene, inputs }: StageInput,
  last: Job | undefined,
): StageState {
  switch (stage) {
    case 'character':
      if (!character) return { kind: 'blocked', need: 'Choose a picture of the character at the left.' };
      return character.restPose ? { kind: 'done', outdated: null } : { kind: 'ready' };
    case 'generate':
      if (clip) return { kind: 'done', outdated: clipOutdated(clip, inputs) };
      if (!character) return { kind: 'blocked', need: 'Choose a picture of the character at the left.' };
      return motion ? { kind: 'ready' } : { kind: 'blocked', need: 'Choose a motion at the left.' };
    case 'optimise':
      if (scene) return { kind: 'done', outdated: sceneOutdated(clip, scene) };
      return clip ? { kind: 'ready' } : { kind: 'blocked', need: 'Generate the views first.' };
    case 'export':
      if (!scene) return { kind: 'blocked', need: 'Optimise the scene first.' };
      return last?.state === 'done' ? { kind: 'done', outdated: exportOutdated(scene, last) } : { kind: 'ready' };
  }
}

/** A clip that was imported was made from nothing that is here. */
function clipOutdated({ madeFrom }: ClipRecord, inputs: ClipInputs | undefined): string | null {
  if (!madeFrom || !inputs) return null;
  const [character, motion] = [madeFrom.character !== inputs.character, madeFrom.motion !== inputs.motion];
  if (character && motion) return 'The character and its motion are newer than these views.';
  if (character) return 'The character is newer than these views.';
  return motion ? 'The motion is newer than these views.' : null;
}

const sceneOutdated = (clip: ClipRecord | undefined, scene: SceneRecord): string | null =>
  clip && Date.parse(clip.madeAt) > Date.parse(scene.madeAt) ? 'The views are newer than this scene.' : null;

const exportOutdated = (scene: SceneRecord, { ended }: Job): string | null =>
  ended !== null && Date.parse(scene.madeAt) > Date.parse(ended) ? 'The scene is newer than the last export.' : null;
