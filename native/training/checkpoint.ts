import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../../core/formats/safetensors.ts';
import type { TrainerState } from '../addon/index.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { readInput } from '../files/read.ts';

const FORMAT = 'charactershot-checkpoint';
const VERSION = '1';

/** Where a run stands: a place in its program and everything the trainer has learnt. */
export interface Checkpoint {
  /** What the run is of: the same clip and options give the same text. */
  readonly fingerprint: string;
  /** Index of the step that comes next, and iterations of it that are done. */
  readonly step: number;
  readonly offset: number;
  /** Time spent optimising so far. */
  readonly seconds: number;
  readonly state: TrainerState;
}

/** SHA-256 over the clip's pictures, cameras and times, and whatever else decides the result. */
export function fingerprintOf(clip: Clip, decisions: unknown): string {
  const hash = createHash('sha256');
  const cameras = clip.cameras.map((camera) => ({ ...camera, cameraToWorld: [...camera.cameraToWorld] }));
  hash.update(JSON.stringify({ decisions, cameras, frames: clip.frames, fps: clip.fps, background: clip.background }));
  for (const view of clip.images) for (const image of view) hash.update(image);
  return hash.digest('hex');
}

/** Writes a checkpoint, whole or not at all. */
export async function writeCheckpoint(
  path: string,
  { fingerprint, step, offset, seconds, state }: Checkpoint,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [name, data] of Object.entries(state)) {
    const shape = [data.length];
    tensors.set(name, data instanceof Float32Array ? { dtype: 'F32', shape, data } : { dtype: 'I32', shape, data });
  }
  const numbers = { step: String(step), offset: String(offset), seconds: String(seconds) };
  const metadata = { format: FORMAT, version: VERSION, fingerprint, ...numbers };
  await writeFileAtomic(path, writeSafetensors(tensors, new Map(Object.entries(metadata))));
}

/**
 * The checkpoint at `path`; undefined when there is none. Throws an AppError when it cannot be read or belongs to
 * another clip or other options.
 */
export async function readCheckpoint(path: string, fingerprint: string): Promise<Checkpoint | undefined> {
  if (!existsSync(path)) return undefined;
  const remedy = 'delete it to start over';
  const { tensors, metadata } = await (async () => {
    try {
      return readSafetensors(await readInput(path));
    } catch (error) {
      throw new AppError('bad-input', `${path} is no readable checkpoint; ${remedy}.`, error);
    }
  })();
  if (metadata.get('format') !== FORMAT || metadata.get('version') !== VERSION) {
    throw new AppError('bad-input', `${path} is no checkpoint of this version; ${remedy}.`);
  }
  if (metadata.get('fingerprint') !== fingerprint) {
    throw new AppError('bad-input', `${path} belongs to another clip or other options; repeat those, or ${remedy}.`);
  }
  const state: Record<string, Float32Array | Int32Array> = {};
  for (const [name, { data }] of tensors) {
    if (!(data instanceof Float32Array) && !(data instanceof Int32Array)) {
      throw new AppError('bad-input', `${path} holds a tensor of an unexpected type (${name}); ${remedy}.`);
    }
    state[name] = data;
  }
  const [step, offset, seconds] = ['step', 'offset', 'seconds'].map((key) => Number(metadata.get(key)));
  if (
    step === undefined ||
    offset === undefined ||
    seconds === undefined ||
    ![step, offset, seconds].every(Number.isFinite)
  ) {
    throw new AppError('bad-input', `${path} does not say where it stands; ${remedy}.`);
  }
  return { fingerprint, step, offset, seconds, state };
}
