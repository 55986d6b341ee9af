import type { Pose } from '../../../core/poses/pose-sequence.ts';
import type { RgbPicture } from '../../media/picture-tasks.ts';
import { DwposeDetector, type DwposePaths } from './dwpose/dwpose-detector.ts';
import { EmbeddedDetector } from './embedded-detector.ts';

/** A rectangle in pixels of the picture; it may reach beyond its borders. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The most prominent person of a picture. */
export interface Detection {
  /** Keypoints of `coco-wholebody133`. */
  readonly pose: Pose;
  /**
   * How far to trust the pose as a whole, 0..1. Below about 0.5 the picture is not of the kind the networks know (stylised
   * art, a figure without a face), and a person should look at the joints.
   */
  readonly agreement: number;
  /** How many people were seen when this one was first found, at least 1. */
  readonly people: number;
  readonly box: Box;
}

/** Probability of the person over the whole picture. */
export interface PersonMask {
  /** Of the mask: the picture's size, or less where that is larger than networks can see. */
  readonly width: number;
  readonly height: number;
  /** [height, width], 0..1. */
  readonly values: Float32Array;
}

/**
 * Finds a person and follows it: pictures that are handed over one after the other are taken for frames of one video, and
 * `reset` begins another. Calls must not overlap.
 */
export interface PoseDetector {
  readonly name: string;
  detect(picture: RgbPicture): Promise<Detection | undefined>;
  /** The person that `pose` (of the same picture) belongs to; wants its hips and shoulders known. */
  personMask(picture: RgbPicture, pose: Pose): Promise<PersonMask>;
  /** Forgets the person. */
  reset(): void;
  dispose(): Promise<void>;
}

export interface DetectorOptions {
  /**
   * `best` without it; `fast` has a smaller network for the joints and takes about a seventh less time. DWPose has one
   * quality.
   */
  readonly quality?: 'best' | 'fast';
  /** DWPose instead of the networks that come with the studio: the folder of its two files, or their paths. */
  readonly dwpose?: DwposePaths;
  /** Threads of one computation; two without it. */
  readonly threads?: number;
}

/** Opens a detector. Throws an `AppError` when files of DWPose are missing or are others. */
export async function createDetector({ dwpose, ...options }: DetectorOptions = {}): Promise<PoseDetector> {
  return dwpose === undefined ? EmbeddedDetector.open(options) : DwposeDetector.open(dwpose, options);
}
