import { recordOf, type ProjectDocument, type SettingsRecord } from '../../../core/document/document.ts';
import { RING_VIEWS } from '../../../core/ring.ts';
import { MAX_FRAMES } from '../../../native/generate/contract.ts';
import { PRESET_SETTINGS } from '../../../native/training/presets.ts';
import { makeProgram } from '../../../native/training/program.ts';
import type { ExportTarget, Task } from '../../../preload/contract/jobs.ts';

/** How much work a task is: jobs of one kind take time in proportion to it. */
export interface Work {
  /** What its rate is kept under. */
  readonly kind: string;
  readonly units: number;
  /** Seconds a unit on the machine of docs/BENCHMARKS.md; null: not measured. */
  readonly usual: number | null;
}

/** What is to be done for a task; undefined where the document lacks what the task needs. */
export function workOf(task: Task, document: ProjectDocument): Work | undefined {
  const settings = recordOf(document, 'settings');
  switch (task.kind) {
    case 'rest-pose':
      return { kind: 'rest-pose', units: 1, usual: 5 };
    case 'generate':
      return settings && generateWork(settings, document);
    case 'optimise':
      return settings && optimiseWork(settings, document);
    case 'export':
      return exportWork(task.target, document);
    case 'poses':
    case 'import-clip':
    case 'check-model':
      return { kind: task.kind, units: 1, usual: null };
  }
}

/** Frames that a clip will have. */
export function clipFrames({ frames }: SettingsRecord, document: ProjectDocument): number | undefined {
  const motion = recordOf(document, 'motion');
  return motion && (frames ?? Math.min(motion.frames, MAX_FRAMES));
}

function generateWork(settings: SettingsRecord, document: ProjectDocument): Work | undefined {
  const frames = clipFrames(settings, document);
  if (frames === undefined || settings.generator !== 'puppet') return undefined;
  const fromViews = recordOf(document, 'character')?.views?.some((view) => view !== null) ?? false;
  // Work in clips of 21 x 25 pictures of 256x256.
  const units = (frames / 25) * (settings.size / 256) ** 1.5;
  return fromViews ? { kind: 'generate-views', units, usual: 20 } : { kind: 'generate', units, usual: 8 };
}

/** Iterations of an optimisation with these settings. */
export function iterationsOf(settings: SettingsRecord, document: ProjectDocument): number | undefined {
  const clip = recordOf(document, 'clip');
  if (!clip) return undefined;
  const { width, height, frames } = clip;
  const preset = PRESET_SETTINGS[settings.preset];
  const asked = settings.iterations === null ? {} : { iterations: settings.iterations };
  return makeProgram({ settings: preset, width, height, frames, extent: 1, ...asked }).iterations;
}

function optimiseWork(settings: SettingsRecord, document: ProjectDocument): Work | undefined {
  const iterations = iterationsOf(settings, document);
  const clip = recordOf(document, 'clip');
  if (iterations === undefined || !clip) return undefined;
  // An iteration takes time in proportion to the side of the pictures: measured from 192 to 480.
  const units = (iterations * Math.sqrt(clip.width * clip.height)) / 256;
  return {
    kind: `optimise-${settings.preset}`,
    units,
    usual: { draft: 0.007, standard: 0.0126, paper: null }[settings.preset],
  };
}

function exportWork(target: ExportTarget, document: ProjectDocument): Work | undefined {
  const scene = recordOf(document, 'scene');
  if (!scene) return undefined;
  switch (target.kind) {
    case 'ply-sequence':
      return {
        kind: 'export-ply',
        units: ((target.frames[1] - target.frames[0] + 1) * scene.gaussians) / 1e4,
        // 25 frames of 10,000 Gaussians in 2.4 seconds, on a machine that was busy.
        usual: 0.1,
      };
    case 'turntable': {
      const pictures = target.seconds * target.turns * target.fps;
      const megapixels = (pictures * target.size[0] * target.size[1]) / 1e6;
      // 60 pictures of 1080x1080 in 18 seconds, on a machine that was busy; with transparency it was not measured.
      return target.background
        ? { kind: 'export-mp4', units: megapixels, usual: 0.25 }
        : { kind: 'export-webm', units: megapixels, usual: null };
    }
    case 'pictures': {
      const pictures = target.frames[1] - target.frames[0] + 1;
      return { kind: 'export-pictures', units: (pictures * target.size[0] * target.size[1]) / 1e6, usual: null };
    }
    case 'frame':
      return { kind: 'export-frame', units: 1, usual: null };
  }
}

/** Bytes of a clip's pictures in memory. */
export const clipBytes = (size: number, frames: number): number => RING_VIEWS * frames * size * size * 3;
