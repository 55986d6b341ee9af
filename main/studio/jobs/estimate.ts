import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { recordOf, type ProjectDocument, type SettingsRecord } from '../../../core/document/document.ts';
import { RING_VIEWS } from '../../../core/ring.ts';
import { PRESET_SETTINGS } from '../../../native/training/presets.ts';
import { PLY_PRESETS } from '../../engine/export/ply-presets.ts';
import type { Estimate, Task } from '../../../preload/contract/jobs.ts';
import type { Rates } from './rates.ts';
import { clipBytes, clipFrames, workOf } from './work-units.ts';

/** A model of the library, as far as an estimate is concerned. */
export interface EstimatedModel {
  readonly folder: string;
  readonly name: string;
  readonly kind: '4d' | '2d' | 'unknown';
  readonly size: number;
  readonly missing: boolean;
}

export interface ModelCost {
  readonly fits: boolean;
  readonly lines: readonly string[];
  readonly seconds: number | null;
  readonly memoryBytes: number | null;
}

export interface EstimateOptions {
  readonly rates: Rates;
  readonly model: (id: string) => EstimatedModel | undefined;
  /** How a checkpoint would run here. */
  readonly planModel: (folder: string, steps: number) => Promise<ModelCost>;
  /** Bytes that are free where `path` lies; tests bring their own. */
  readonly freeBytes?: (path: string) => Promise<number>;
}

interface Draft {
  seconds: number | null;
  memoryBytes: number | null;
  diskBytes: number | null;
  readonly obstacles: string[];
  readonly notes: string[];
}

/** PNG pictures of a character on white take so many bytes a pixel; measured on the sample clip. */
const PNG_BYTES = 0.25;
/** Of an optimisation, in bytes, and in parts of the clip's pictures; measured (docs/BENCHMARKS.md, optimize). */
const OPTIMISE_MEMORY = { base: 335e6, clips: 2.1 } as const;
const DEFAULTS_NOTE = 'The time is that of a machine with 2 cores; after the first job it is that of this one.';

/** What a task will take before it starts, and what stands in its way. */
export async function estimateTask(
  task: Task,
  project: { readonly document: ProjectDocument; readonly path: string } | null,
  options: EstimateOptions,
): Promise<Estimate> {
  const draft: Draft = { seconds: null, memoryBytes: null, diskBytes: null, obstacles: [], notes: [] };
  if (task.kind === 'check-model') checkModel(task.model, draft, options);
  else if (!project) draft.obstacles.push('There is no project yet; open or create one.');
  else {
    findObstacles(task, project.document, draft);
    if (draft.obstacles.length === 0) {
      takeTime(task, project.document, draft, options.rates);
      takeSpace(task, project.document, draft);
      if (task.kind === 'generate') await askModel(project.document, draft, options);
      await compareSpace(task, project.path, draft, options.freeBytes ?? freeBytesAt);
    }
  }
  return draft;
}

/** What a clip and then its scene will take: time and disk of both, memory of the one that needs more. */
export async function estimateAll(
  { document, path }: { readonly document: ProjectDocument; readonly path: string },
  options: EstimateOptions,
): Promise<Estimate> {
  const clip = await estimateTask({ kind: 'generate' }, { document, path }, options);
  if (clip.obstacles.length > 0) return clip;
  const scene = await estimateTask({ kind: 'optimise' }, { document: withClip(document), path }, options);
  const both: Draft = {
    seconds: sumOf(clip.seconds, scene.seconds),
    memoryBytes: Math.max(clip.memoryBytes ?? 0, scene.memoryBytes ?? 0) || null,
    diskBytes: sumOf(clip.diskBytes, scene.diskBytes),
    obstacles: [...scene.obstacles],
    notes: [...new Set([...clip.notes, ...scene.notes])],
  };
  if (both.obstacles.length === 0) {
    await compareSpace({ kind: 'optimise' }, path, both, options.freeBytes ?? freeBytesAt);
  }
  return both;
}

/** Of which one is not known, the sum is not either. */
const sumOf = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** The document with the clip that it will have. */
function withClip(document: ProjectDocument): ProjectDocument {
  const settings = recordOf(document, 'settings');
  const motion = recordOf(document, 'motion');
  const frames = settings && clipFrames(settings, document);
  if (!settings || !motion || frames === undefined) return document;
  return new Map(document).set('clip', {
    ...{ id: 'clip', type: 'clip', width: settings.size, height: settings.size, fps: motion.fps, frames },
    ...{ pictures: Array.from({ length: RING_VIEWS }, () => []), cameras: [], replaced: [] },
    ...{ madeBy: settings.generator, madeAt: new Date(0).toISOString() },
  });
}

function findObstacles(task: Task, document: ProjectDocument, { obstacles }: Draft): void {
  const [character, motion] = [recordOf(document, 'character'), recordOf(document, 'motion')];
  const [clip, scene] = [recordOf(document, 'clip'), recordOf(document, 'scene')];
  if ((task.kind === 'rest-pose' || task.kind === 'generate') && !character) {
    obstacles.push('There is no picture of a character yet.');
  }
  if (task.kind === 'generate' && !motion) obstacles.push('There are no poses yet.');
  if (task.kind === 'optimise' && !clip) obstacles.push('There is no clip yet.');
  if (task.kind === 'export' && !scene) obstacles.push('There is no scene yet.');
  const holdout = recordOf(document, 'settings')?.holdout ?? [];
  if (task.kind === 'optimise' && clip?.pictures.every((_, view) => holdout.includes(view)) === true) {
    obstacles.push('All views are held out; leave at least one to learn from.');
  }
}

function takeTime(task: Task, document: ProjectDocument, draft: Draft, rates: Rates): void {
  const work = workOf(task, document);
  if (!work) return;
  const known = rates.get(work.kind);
  const rate = known ?? work.usual;
  if (rate === null) return;
  draft.seconds = rate * work.units;
  if (known === undefined) draft.notes.push(DEFAULTS_NOTE);
}

function takeSpace(task: Task, document: ProjectDocument, draft: Draft): void {
  const settings = recordOf(document, 'settings');
  const clip = recordOf(document, 'clip');
  if (task.kind === 'generate' && settings) {
    const frames = clipFrames(settings, document) ?? 0;
    draft.diskBytes = RING_VIEWS * frames * settings.size ** 2 * PNG_BYTES;
  }
  if (task.kind === 'optimise' && settings && clip) {
    const views = clip.pictures.length / RING_VIEWS;
    const bytes = clipBytes(Math.sqrt(clip.width * clip.height), clip.frames) * views;
    draft.memoryBytes = OPTIMISE_MEMORY.base + OPTIMISE_MEMORY.clips * bytes;
    draft.diskBytes = sceneBytes(settings);
  }
  if (task.kind === 'export') draft.diskBytes = exportBytes(task, document);
}

/** At most: every Gaussian has position, size, rotation, opacity and colours, as float32. */
function sceneBytes({ preset }: SettingsRecord): number {
  const { maxGaussians, shDegree } = PRESET_SETTINGS[preset];
  return maxGaussians * 4 * (11 + 3 * (shDegree + 1) ** 2);
}

function exportBytes({ target }: Extract<Task, { kind: 'export' }>, document: ProjectDocument): number | null {
  const gaussians = recordOf(document, 'scene')?.gaussians ?? 0;
  switch (target.kind) {
    case 'ply-sequence': {
      const row = PLY_PRESETS[target.preset].sh === 'full' ? 248 : 56;
      return (target.frames[1] - target.frames[0] + 1) * gaussians * row;
    }
    case 'pictures':
      return (target.frames[1] - target.frames[0] + 1) * target.size[0] * target.size[1] * PNG_BYTES;
    case 'frame':
      return target.format === 'ply' ? gaussians * 56 : target.size[0] * target.size[1] * PNG_BYTES;
    case 'turntable':
      return null;
  }
}

/** The networks' own plan takes the place of everything that was measured. */
async function askModel(document: ProjectDocument, draft: Draft, options: EstimateOptions): Promise<void> {
  const settings = recordOf(document, 'settings');
  if (settings?.generator !== 'charactershot') return;
  const model = settings.model === null ? undefined : options.model(settings.model);
  if (model?.missing !== false) {
    draft.obstacles.push(
      model ? `The folder of the model ${model.name} is not there.` : 'No model is chosen for the networks.',
    );
    return;
  }
  if (model.kind === '2d') draft.notes.push('The 2D model makes one view; a scene needs the 4D model.');
  const { fits, lines, seconds, memoryBytes } = await options.planModel(model.folder, settings.steps);
  (fits ? draft.notes : draft.obstacles).push(...lines);
  draft.seconds = seconds;
  draft.memoryBytes = memoryBytes;
}

async function compareSpace(
  task: Task,
  path: string,
  { diskBytes, memoryBytes, obstacles }: Draft,
  freeBytes: (path: string) => Promise<number>,
): Promise<void> {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  if (memoryBytes !== null && memoryBytes > totalmem()) {
    const have = gigabytes(totalmem());
    obstacles.push(`This needs ${gigabytes(memoryBytes)} of memory and the machine has ${have}.`);
  }
  // Where an export goes is not known yet.
  if (diskBytes === null || task.kind === 'export') return;
  const free = await freeBytes(path).catch(() => Infinity);
  if (diskBytes > free) {
    obstacles.push(`This needs ${gigabytes(diskBytes)} on the disk of the project, which has ${gigabytes(free)} free.`);
  }
}

async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}

/** How long it takes depends on the disk alone, and is not known. */
function checkModel(id: string, draft: Draft, { model }: EstimateOptions): void {
  const known = model(id);
  if (!known) draft.obstacles.push('That model is no longer in the library.');
  else if (known.missing) draft.obstacles.push(`The folder of the model ${known.name} is not there.`);
}
