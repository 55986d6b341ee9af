import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../core/formats/json.ts';
import { readSafetensors, writeSafetensors } from '../../../core/formats/safetensors.ts';
import { AppError } from '../../../core/errors.ts';
import { encodePng } from '../../media/png.ts';
import { composite, type RgbPicture } from '../../media/picture-tasks.ts';
import { readPicture } from '../../media/read-picture.ts';
import { floatTensor, type Tensor } from '../../onnx/tensor.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { readDenoiseState, writeDenoiseState } from '../pipeline/denoise-state.ts';
import { floatsOf } from '../pipeline/floats.ts';
import { viewGroups } from '../pipeline/view-groups.ts';
import { WorkFolder } from '../process/work-folder.ts';
import type { TaskContext } from '../process/serve-tasks.ts';
import { runtimeFor } from '../runtime/runtime-for.ts';
import type { NetworkInput } from './network-input.ts';
import { runNetworks, type NetworksPlan, type NetworksRequest, type RunMemory } from './run-networks.ts';

/** What the inference process is asked for: plain JSON; its pictures lie in the work folder. */
export interface NetworkJob extends Omit<NetworksRequest, 'views' | 'referencePose' | 'poses'> {
  /** Folder of the checkpoint. */
  readonly model: string;
  /** Work folder, which the parent holds. */
  readonly folder: string;
  /** Identity of the run: kept states of another one are not gone on from. */
  readonly run: string;
  readonly views: number;
  readonly poses: number;
  readonly plan: NetworksPlan;
  /** What to do when memory runs out. */
  readonly remedy: string;
}

const INPUT = 'input';
const FRAMES = 'frames';
const REFERENCE = 'reference-pose.png';

const inputFile = (folder: string, kind: 'view' | 'pose', index: number): string =>
  join(folder, INPUT, `${kind}_${String(index).padStart(2, '0')}.png`);

/** Folder with the finished pictures of a view, frame_00001.png and so on. */
export const framesOfView = (folder: string, view: number): string =>
  join(folder, FRAMES, `view_${String(view).padStart(2, '0')}`);

export const frameFile = (frame: number): string => `frame_${String(frame + 1).padStart(5, '0')}.png`;

/** Puts the networks' input into the work folder, where the inference process reads it. */
export async function writeNetworkInput(
  folder: string,
  { views, poses, referencePose }: Pick<NetworkInput, 'views' | 'poses' | 'referencePose'>,
): Promise<void> {
  await mkdir(join(folder, INPUT), { recursive: true });
  const write = (path: string, { rgb, width, height }: RgbPicture): Promise<void> =>
    writeFile(path, encodePng(rgb, width, height));
  await write(join(folder, INPUT, REFERENCE), referencePose);
  for (const [view, picture] of views.entries()) await write(inputFile(folder, 'view', view), picture);
  for (const [pose, picture] of poses.entries()) await write(inputFile(folder, 'pose', pose), picture);
}

const readRgb = async (path: string): Promise<RgbPicture> => composite(await readPicture(path), [0, 0, 0]);

async function readAll(folder: string, kind: 'view' | 'pose', count: number): Promise<RgbPicture[]> {
  const pictures: RgbPicture[] = [];
  for (let index = 0; index < count; index++) pictures.push(await readRgb(inputFile(folder, kind, index)));
  return pictures;
}

/**
 * Makes all views of a job, going on from what its folder holds. Every finished view lies in `framesOfView`, the state after every
 * step beside it. Throws an `AppError` for a job that is none.
 */
export async function doNetworkJob(value: unknown, { onProgress }: TaskContext): Promise<{ readonly views: number }> {
  const job = checkedJob(value);
  const { folder, model, plan, views, poses } = job;
  const networks = await openCheckpoint(model);
  const request: NetworksRequest = {
    ...job,
    views: await readAll(folder, 'view', views),
    poses: await readAll(folder, 'pose', poses),
    referencePose: await readRgb(join(folder, INPUT, REFERENCE)),
  };
  const memory = await recall(WorkFolder.of(folder), job, networks.kind);
  const made = runNetworks(networks, request, plan, {
    runtimeOf: (placement) => runtimeFor({ ...placement, remedy: job.remedy }),
    ...{ memory, onProgress },
  });
  for await (const { view, frames } of made) await keepView(folder, view, frames);
  return { views };
}

function checkedJob(value: unknown): NetworkJob {
  const isJob =
    isRecord(value) &&
    ['model', 'folder', 'run', 'prompt', 'negativePrompt', 'remedy'].every((key) => typeof value[key] === 'string') &&
    ['views', 'poses', 'frames', 'steps', 'seed'].every((key) => Number.isSafeInteger(value[key])) &&
    isRecord(value.plan);
  if (!isJob) throw new AppError('failed', 'The inference process was given no job that it understands.');
  return value as unknown as NetworkJob;
}

async function recall(folder: WorkFolder, { run, views }: NetworkJob, kind: '4d' | '2d'): Promise<RunMemory> {
  const groups = kind === '2d' ? [[0]] : viewGroups(views);
  const isDone = (group: readonly number[], index: number): boolean =>
    group.every((view) => (view === 0 && index > 0) || existsSync(framesOfView(folder.path, view)));
  const open = groups.findIndex((group, index) => !isDone(group, index));
  const groupsDone = open < 0 ? groups.length : open;
  const stateName = (group: number): string => `group-${group}`;
  const kept = await folder.load(stateName(groupsDone));
  const poses = await folder.load('poses');
  return {
    groupsDone,
    ...(kept ? { state: readDenoiseState(kept, `${folder.path}/${stateName(groupsDone)}`, run) } : {}),
    ...(poses ? { poses: readLatents(poses) } : {}),
    keepPoses: (latents) => folder.save('poses', writeLatents(latents)),
    async keepState(group, state) {
      await folder.save(stateName(group), writeDenoiseState(state, run));
      if (group > 0) await folder.forget(stateName(group - 1));
    },
  };
}

function writeLatents(latents: Tensor): Uint8Array {
  return writeSafetensors(new Map([['latents', { dtype: 'F32', shape: latents.dims, data: floatsOf(latents) }]]));
}

function readLatents(bytes: Uint8Array): Tensor {
  const latents = readSafetensors(bytes).tensors.get('latents');
  if (latents?.dtype !== 'F32') throw new AppError('bad-input', 'The kept latents of the poses are damaged.');
  return floatTensor(Float32Array.from(latents.data), latents.shape);
}

/** A view is there as a whole or not at all. */
async function keepView(folder: string, view: number, frames: readonly RgbPicture[]): Promise<void> {
  const path = framesOfView(folder, view);
  const partial = `${path}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  for (const [frame, { rgb, width, height }] of frames.entries()) {
    await writeFile(join(partial, frameFile(frame)), encodePng(rgb, width, height));
  }
  await rm(path, { recursive: true, force: true });
  await rename(partial, path);
}
