import type { Clip } from '../../core/clip.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import type { OnProgress } from '../../core/progress.ts';

export const GENERATORS = ['puppet', 'charactershot'] as const;
export type GeneratorName = (typeof GENERATORS)[number];

/** Where networks may run. */
export const PROVIDERS = ['cuda', 'webgpu', 'dml', 'coreml', 'cpu'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What a clip is made from. */
export interface GenerateRequest {
  /** File with the picture of the character. */
  readonly image: string;
  /** Folder with the 21 pictures of the character at rest from the ring's cameras: view0.png (or view00.png), view1.png, ... */
  readonly views?: string;
  readonly poses: PoseSequence;
  /** Side of the clip's square pictures, in pixels. */
  readonly size: number;
  /** Number of frames, spread evenly over the motion; without it that of the poses, or MAX_FRAMES if they are more. */
  readonly frames?: number;
  /** File with the artist's own cut-out: a picture of the same size, white or opaque where the character is. */
  readonly mask?: string;
  /** File (poses.json with one frame, in pixels of the picture) that says where the character's joints are. */
  readonly restPose?: string;
  /** For the generator charactershot alone, which needs it. */
  readonly network?: NetworkRequest;
}

/** What only the networks of the published checkpoints ask for. */
export interface NetworkRequest {
  /** Folder of the checkpoint. */
  readonly model: string;
  /** What the clip shows, in a few words; the authors' own without it. */
  readonly prompt?: string;
  /** Denoising steps, 50 without it. */
  readonly steps?: number;
  /** The same seed on the same device gives the same clip. */
  readonly seed?: number;
  /** Where the networks run; the first that can without it. */
  readonly provider?: ProviderName;
  /** Most memory, in bytes, that the networks may take of the device; as much as is free without it. */
  readonly memoryLimit?: number;
  /** Folder of drawn skeletons that were made for this character: the networks see them as they are, not redrawn. */
  readonly skeletonPictures?: string;
}

export interface GenerateOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Told, one sentence each, about what was guessed or looks wrong. */
  readonly onWarning?: (message: string) => void;
  /** Told, one sentence each, what is about to be done and what it will cost. */
  readonly onNotice?: (message: string) => void;
}

/** Frames of a clip unless asked otherwise: what the published networks make. */
export const MAX_FRAMES = 25;

/** Makes a clip, V views x F frames, of a character that moves as the poses say. */
export interface ClipGenerator {
  readonly name: GeneratorName;
  /**
   * Looks quickly at what could be wrong with a request before poses are read for it, and says how many views the clip will have. Throws an `AppError` that says what to do.
   */
  readonly check: (request: Omit<GenerateRequest, 'poses'>) => Promise<{ readonly views: number }>;
  /** Throws an `AppError` that says what to do, and the signal's reason when aborted. */
  readonly generate: (request: GenerateRequest, options?: GenerateOptions) => Promise<Clip>;
}
