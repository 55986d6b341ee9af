import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clip } from '../../../core/clip.ts';
import { AppError } from '../../../core/errors.ts';
import { ringCameras, RING_VIEWS } from '../../../core/ring.ts';
import type { ClipGenerator, GenerateOptions, GenerateRequest, NetworkRequest } from '../../generate/contract.ts';
import { composite } from '../../media/picture-tasks.ts';
import { readPicture } from '../../media/read-picture.ts';
import { openCheckpoint, requireWhole, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { fromCanvas } from '../pipeline/canvas.ts';
import { VIDEO_FRAMES } from '../pipeline/pose-video.ts';
import { runInProcess } from '../process/run-in-process.ts';
import { WorkFolder } from '../process/work-folder.ts';
import { describePlan, type Plan } from '../runtime/plan.ts';
import { frameFile, framesOfView, writeNetworkInput, type NetworkJob } from './network-job.ts';
import { networkInput, type NetworkInput } from './network-input.ts';
import { canvasOf, planCheckpoint, STEPS } from './plan-checkpoint.ts';

/** The authors' own words, steps and strength; the negative prompt is fixed in their code. */
const PROMPT = 'smooth motion or in the wind';
const NEGATIVE_PROMPT =
  'low quality, blurry, distorted face, deformed hands, extra fingers, missing limbs, cropped, bad anatomy, ' +
  'bad proportions, watermark';
const GUIDANCE_SCALE = 6;
const SEED = 42;

const PROCESS = new URL('../process/inference-process.ts', import.meta.url);

/**
 * The networks of the paper, from the published checkpoint (DESIGN 8), in a process of their own. A run that was stopped goes on at
 * the last denoising step that was finished when the same is asked for again.
 */
export const charactershotGenerator: ClipGenerator = {
  name: 'charactershot',
  async check(request) {
    const { checkpoint } = await openFor(request);
    return { views: checkpoint.kind === '2d' ? 1 : RING_VIEWS };
  },
  async generate(request, options = {}) {
    const { network, checkpoint } = await openFor(request);
    const { plan, remedy } = await planCheckpoint(checkpoint, network);
    options.onNotice?.(describePlan(plan));
    const input = await networkInput(request, checkpoint.kind, canvasOf(checkpoint), options);
    return makeClip({ request, network, checkpoint, plan, remedy, input }, options);
  },
};

async function openFor(
  request: Omit<GenerateRequest, 'poses'>,
): Promise<{ readonly network: NetworkRequest; readonly checkpoint: Checkpoint }> {
  const { network } = request;
  if (!network) {
    throw new AppError('bad-input', 'The generator charactershot needs a checkpoint; give one with --model.');
  }
  const checkpoint = await openCheckpoint(network.model);
  requireWhole(checkpoint);
  checkRequest(request, checkpoint);
  return { network, checkpoint };
}

function checkRequest({ views, frames }: Omit<GenerateRequest, 'poses'>, { kind, folder }: Checkpoint): void {
  if (kind === '2d' && views !== undefined) {
    throw new AppError(
      'bad-input',
      `${folder} holds the 2D model, which makes one view; leave out --views, or choose the 4D checkpoint.`,
    );
  }
  if (frames !== undefined && frames > VIDEO_FRAMES) {
    throw new AppError(
      'bad-input',
      `The networks make ${VIDEO_FRAMES} frames, not ${frames}; choose --frames ${VIDEO_FRAMES} or fewer.`,
    );
  }
}

interface ClipJob {
  readonly request: GenerateRequest;
  readonly network: NetworkRequest;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  readonly remedy: string;
  readonly input: NetworkInput;
}

async function makeClip(
  { request, network, checkpoint, plan, remedy, input }: ClipJob,
  options: GenerateOptions,
): Promise<Clip> {
  const { prompt = PROMPT, steps = STEPS, seed = SEED } = network;
  const { frames } = input;
  const settings = {
    ...{ frames, prompt, steps, seed, negativePrompt: NEGATIVE_PROMPT, guidanceScale: GUIDANCE_SCALE },
  };
  const { placements, attention, dit, text } = plan;
  // How many blocks are loaded at a time changes nothing but rounding: a run that memory ended goes on with a leaner plan.
  const run = digestOf(input, { ...settings, placements, attention }, checkpoint.identity);
  const work = await WorkFolder.open(run);
  try {
    await writeNetworkInput(work.path, input);
    const job: NetworkJob = {
      ...{ ...settings, plan: { placements, attention, dit, text }, remedy },
      ...{ model: checkpoint.folder, folder: work.path, run, views: input.views.length, poses: input.poses.length },
    };
    const { signal, onProgress, onWarning } = options;
    await runInProcess(PROCESS, 'network', job, {
      remedy,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(onWarning ? { onWarning } : {}),
    });
    const clip = await readClip(work.path, request.size, input);
    await work.remove();
    return clip;
  } finally {
    await work.release();
  }
}

/** Everything that decides the result: the same run, the same digest. */
function digestOf({ views, poses, referencePose }: NetworkInput, settings: object, identity: string): string {
  const hash = createHash('sha256').update(JSON.stringify([settings, identity]));
  for (const { width, height, rgb } of [...views, ...poses, referencePose])
    hash.update(`${width}x${height}`).update(rgb);
  return hash.digest('hex').slice(0, 32);
}

/** What the ring's cameras see: the middle square of every picture. */
async function readClip(folder: string, size: number, { views, frames, fps }: NetworkInput): Promise<Clip> {
  const images: Uint8Array[][] = [];
  for (const view of views.keys()) {
    const pictures: Uint8Array[] = [];
    for (let frame = 0; frame < frames; frame++) {
      const picture = await readPicture(join(framesOfView(folder, view), frameFile(frame)));
      pictures.push(fromCanvas(composite(picture, [1, 1, 1]), size).rgb);
    }
    images.push(pictures);
  }
  const cameras = ringCameras(size).slice(0, views.length);
  return { width: size, height: size, fps, frames, cameras, images, background: [1, 1, 1] };
}
