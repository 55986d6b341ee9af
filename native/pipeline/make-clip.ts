import { totalmem } from 'node:os';
import { AppError } from '../../core/errors.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { RING_VIEWS } from '../../core/ring.ts';
import type { GenerateOptions, GenerateRequest, GeneratorName } from '../generate/contract.ts';
import { generatorNamed } from '../generate/generators.ts';
import { writeClip } from '../media/clip-folder.ts';
import { clipPoses } from './clip-poses.ts';
import type { StageFacts } from './job.ts';
import { drawnSkeletons, type PoseSource } from './pose-source.ts';

/** Smallest and largest side of a clip's pictures, and the longest clip. */
export const CLIP_LIMITS = { minSize: 16, maxSize: 1024, maxFrames: 1000 } as const;

/** Of the machine's memory, what a clip's pictures may take: others need room as well. */
const MEMORY_SHARE = 0.5;

export interface MakeClipRequest extends Omit<GenerateRequest, 'poses'> {
  readonly generator: GeneratorName;
}

/** The request with the drawn skeletons that its poses come from, where they do and the generator takes such pictures. */
export async function withDrawnSkeletons(request: MakeClipRequest, source: PoseSource): Promise<MakeClipRequest> {
  const { network } = request;
  if (!network) return request;
  const skeletonPictures = await drawnSkeletons(source);
  return skeletonPictures === undefined ? request : { ...request, network: { ...network, skeletonPictures } };
}

/**
 * Makes a clip and writes it as a clip folder, whole or not at all, with the poses of its frames beside. Throws an `AppError`
 * that says what to do, and the signal's reason when aborted.
 */
export async function makeClip(
  { generator, ...request }: MakeClipRequest,
  sequence: PoseSequence,
  out: string,
  options: GenerateOptions = {},
): Promise<StageFacts['generate']> {
  const poses = clipPoses(sequence, request.frames, options.onWarning);
  checkClipMemory(poses.frames.length, request.size);
  const clip = await generatorNamed(generator).generate({ ...request, poses }, options);
  await writeClip(out, clip, { ...options, poses });
  const { width, height, frames, fps } = clip;
  return { views: clip.cameras.length, frames, width, height, fps };
}

/** Throws an `AppError` where the ring's pictures would not fit into `have` bytes of memory, beside everything else. */
export function checkClipMemory(frames: number, size: number, have = totalmem()): void {
  const need = RING_VIEWS * frames * size * size * 3;
  if (need <= have * MEMORY_SHARE) return;
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  const asked = `A clip of ${frames} frames of ${size}x${size} needs ${gigabytes(need)} of memory`;
  throw new AppError(
    'bad-input',
    `${asked} and this machine has ${gigabytes(have)}; choose fewer frames or a smaller size.`,
  );
}
