import { RING_VIEWS } from '../../../core/ring.ts';
import type { NetworkRequest } from '../../generate/contract.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { VIDEO_FRAMES } from '../pipeline/pose-video.ts';
import { GROUP_VIEWS, viewGroups } from '../pipeline/view-groups.ts';
import { chooseDevice } from '../runtime/choose-device.ts';
import { outOfMemoryRemedy, planRun, type Plan } from '../runtime/plan.ts';
import { spatialFactor } from '../runtime/vae-cost.ts';

/** Denoising steps of the authors' own runs. */
export const STEPS = 50;

/** The picture size that the networks were trained on. */
export function canvasOf({ transformer, vae }: Checkpoint): { readonly width: number; readonly height: number } {
  const pixels = spatialFactor(vae.config);
  return { width: transformer.config.sampleWidth * pixels, height: transformer.config.sampleHeight * pixels };
}

export interface CheckpointPlan {
  readonly plan: Plan;
  /** What to do when memory runs out all the same, see `outOfMemoryRemedy`. */
  readonly remedy: string;
}

/** How a whole run would go on this machine. Throws an `AppError` where it would not, with what it would need. */
export async function planCheckpoint(
  checkpoint: Checkpoint,
  { provider, steps = STEPS, memoryLimit }: Pick<NetworkRequest, 'provider' | 'steps' | 'memoryLimit'>,
): Promise<CheckpointPlan> {
  const flat = checkpoint.kind === '2d';
  const run = {
    ...{ ...canvasOf(checkpoint), frames: VIDEO_FRAMES, steps },
    groups: flat ? 1 : viewGroups(RING_VIEWS).length,
    views: flat ? 1 : GROUP_VIEWS,
  };
  const plan = planRun(checkpoint, run, await chooseDevice(provider), {
    // Knows of the limits of containers as well.
    hostFreeBytes: process.availableMemory(),
    ...(memoryLimit === undefined ? {} : { limitBytes: memoryLimit }),
  });
  return { plan, remedy: outOfMemoryRemedy(checkpoint, run, plan) };
}
