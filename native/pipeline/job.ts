import type { OnProgress } from '../../core/progress.ts';
import type { GeneratorName, NetworkRequest } from '../generate/contract.ts';
import type { Preset, ViewQuality } from '../training/contract.ts';
import type { PoseSource } from './pose-source.ts';

/** The whole job, from a picture and poses to files that others can use. */
export interface JobRequest {
  /** Files of the character, see `GenerateRequest`. */
  readonly image: string;
  readonly views?: string;
  readonly mask?: string;
  readonly restPose?: string;
  readonly poses: PoseSource;
  readonly generator: GeneratorName;
  /** For the generator charactershot. */
  readonly network?: NetworkRequest;
  /** Side of the clip's pictures in pixels, and number of its frames. */
  readonly size: number;
  readonly frames?: number;
  readonly preset: Preset;
  readonly seed: number;
  /** In place of the preset's. */
  readonly iterations?: number;
}

export const JOB_STAGES = ['poses', 'generate', 'optimise', 'ply', 'turntable'] as const;
export type JobStage = (typeof JOB_STAGES)[number];

export interface JobOptions {
  /** Go on from where an earlier run in the folder was stopped. */
  readonly resume?: boolean;
  /** Worker threads of the engine; default: all cores. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Tasks are those of all stages; ticks say how far the whole is. */
  readonly onProgress?: OnProgress;
  /** Told, one sentence each, about what was guessed or looks wrong. */
  readonly onWarning?: (message: string) => void;
  /** Told, one sentence each, what is about to be done and what it will cost. */
  readonly onNotice?: (message: string) => void;
  /** Told as each stage begins, is done, or is kept from an earlier run. */
  readonly onStage?: (stage: JobStage, state: 'begin' | 'done' | 'kept') => void;
}

/** Where everything lies in the folder of a job. */
export const JOB_FILES = {
  poses: 'poses.json',
  clip: 'clip',
  scene: 'scene.4dgs',
  ply: 'ply',
  turntable: 'turntable.mp4',
} as const;

/** What a stage has to say about its result. */
export interface StageFacts {
  readonly poses: { readonly frames: number; readonly fps: number; readonly meanConfidence: number };
  readonly generate: {
    readonly views: number;
    readonly frames: number;
    readonly width: number;
    readonly height: number;
    readonly fps: number;
  };
  readonly optimise: {
    readonly iterations: number;
    readonly gaussians: number;
    readonly training: ViewQuality;
  };
  readonly ply: { readonly files: number };
  readonly turntable: {
    readonly frames: number;
    readonly width: number;
    readonly height: number;
    readonly fps: number;
  };
}

export interface JobReport {
  readonly folder: string;
  /** Seconds of work in each stage, without what a kill threw away; those of kept stages are of the run that did them. */
  readonly stages: readonly { readonly stage: JobStage; readonly seconds: number; readonly kept: boolean }[];
  readonly facts: StageFacts;
}
