import type { Scene } from '../../core/deformation/deformation.ts';
import type { SilhouetteIou } from '../../core/metrics/summary.ts';
import type { PresetSettings } from './presets.ts';

export const PRESETS = ['draft', 'standard', 'paper'] as const;
export type Preset = (typeof PRESETS)[number];

export interface OptimizeOptions {
  readonly preset: Preset;
  /** In place of the preset's: for ablations and benches. */
  readonly settings?: PresetSettings;
  /** Views that take no part in the optimisation and are measured at the end. */
  readonly holdout?: readonly number[];
  /** Same seed, clip and options: same bits. Default 0. */
  readonly seed?: number;
  /** Total number of iterations instead of the preset's; the stages keep their proportions. */
  readonly iterations?: number;
  /** Worker threads; default: all cores. */
  readonly threads?: number;
  /** Where the training state is kept for `resume`; no checkpoints without it. */
  readonly checkpoint?: string;
  /** Seconds between two checkpoints: a kill loses at most this much work. Default 20. */
  readonly checkpointSeconds?: number;
  /** Continue from `checkpoint` if it is there and belongs to the same clip and options. */
  readonly resume?: boolean;
  /** Aborting ends the run within one iteration; the checkpoint is written first. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Seconds between two `snapshot` events; none without it. */
  readonly snapshotSeconds?: number;
}

/**
 * With nodes: survey (each frame by itself), coarse (the still figure), connect, final. With the network: coarse, windows,
 * final.
 */
export type Stage = 'survey' | 'coarse' | 'connect' | 'windows' | 'final' | 'evaluate';

/** Everything a run can say. Progress is coalesced to a few events a second. */
export type TrainingEvent =
  | { readonly type: 'begin'; readonly stage: Stage; readonly iterations: number }
  | {
      readonly type: 'progress';
      readonly stage: Stage;
      /** Iterations done and to do, over all stages. */
      readonly iteration: number;
      readonly total: number;
      /** Means over the iterations since the last progress event. */
      readonly loss: number;
      readonly psnr: number;
      readonly gaussians: number;
      readonly iterationsPerSecond: number;
      readonly secondsLeft: number;
    }
  | { readonly type: 'snapshot'; readonly iteration: number; readonly scene: Scene }
  | { readonly type: 'checkpoint'; readonly iteration: number }
  | { readonly type: 'warning'; readonly message: string };

/** Means over pictures; PSNR in dB over whole pictures and over the character's pixels only. */
export interface ViewQuality {
  readonly views: readonly number[];
  readonly psnr: number;
  readonly ssim: number;
  readonly foregroundPsnr: number;
  /** Mean share, 0..1, of the character's pixels that the scene covers. */
  readonly coverage: number;
  readonly silhouetteIou: SilhouetteIou;
  /** Number of pictures in which more than 5 % of the character is uncovered. */
  readonly uncoveredPictures: number;
}

export interface OptimizeReport {
  readonly preset: Preset;
  readonly seed: number;
  readonly iterations: number;
  readonly gaussians: number;
  readonly seconds: number;
  readonly msPerIteration: number;
  readonly training: ViewQuality;
  readonly holdout?: ViewQuality;
  readonly peakMemoryMegabytes: number;
}

export interface OptimizeResult {
  readonly scene: Scene;
  readonly report: OptimizeReport;
}
