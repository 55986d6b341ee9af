import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePoses } from '../../core/formats/poses.ts';
import { sequenceFacts } from '../../core/poses/sequence-facts.ts';
import type { OnProgress } from '../../core/progress.ts';
import { writePlySequence } from '../export/ply-sequence.ts';
import { turntableSeconds, writeTurntableVideo } from '../export/turntable.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import type { NetworkRequest } from '../generate/contract.ts';
import { openCheckpoint } from '../inference/checkpoint/checkpoint.ts';
import { readClip } from '../media/clip-folder.ts';
import { readBuiltInMotion } from '../poses/built-in-motions.ts';
import { readPoseFile } from '../poses/pose-files.ts';
import { readSceneFile, writeSceneFile } from '../scene-file.ts';
import type { Preset } from '../training/contract.ts';
import { optimize } from '../training/optimize.ts';
import { trainingProgress } from '../training/training-progress.ts';
import { digestOf } from './digest.ts';
import { JOB_FILES, type JobRequest, type JobStage, type StageFacts } from './job.ts';
import { makeClip, withDrawnSkeletons } from './make-clip.ts';
import { drawnSkeletons, readPosesForClip, type PoseSource } from './pose-source.ts';

export interface StageRun {
  readonly request: JobRequest;
  readonly folder: string;
  readonly threads: number | undefined;
  /** Whether a checkpoint of this very stage may be gone on from. */
  readonly resume: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
  readonly onWarning: (message: string) => void;
  readonly onNotice: (message: string) => void;
}

export interface Stage<S extends JobStage> {
  /** What it writes into the folder. */
  readonly output: string;
  /** How long it takes on a machine like those of BENCHMARKS.md, in seconds: for the share of the whole alone. */
  readonly expectedSeconds: (request: JobRequest) => number;
  /** Everything that decides its result, as JSON: options, and digests of what it reads. */
  readonly inputs: (request: JobRequest, folder: string) => Promise<unknown>;
  readonly run: (run: StageRun) => Promise<StageFacts[S]>;
}

const TURNTABLE = { width: 512, height: 512, fps: 30 } as const;
const PLY = { sh: 'dc', axes: 'y-down' } as const;
const OPTIMISE_SECONDS: Readonly<Record<Preset, number>> = { draft: 100, standard: 600, paper: 20_000 };

const inFolder = (folder: string, name: keyof typeof JOB_FILES): string => join(folder, JOB_FILES[name]);

const digestIfGiven = (path: string | undefined): Promise<string | null> =>
  path === undefined ? Promise.resolve(null) : digestOf(path);

/** How a clip's size makes work, in parts of 25 frames of 256x256. */
const effort = ({ size, frames = 25 }: JobRequest): number => (size / 256) ** 1.5 * (frames / 25);

const poses: Stage<'poses'> = {
  output: JOB_FILES.poses,
  expectedSeconds: (request) => (request.poses.type === 'video' ? 15 : 0.5),
  inputs: async ({ poses: source }) => ({
    type: source.type,
    camera: source.type === 'motion' &&
      source.camera && { ...source.camera, cameraToWorld: [...source.camera.cameraToWorld] },
    content:
      source.type === 'built-in' ? writePoses(await readBuiltInMotion(source.name)) : await digestOf(source.path),
  }),
  async run({ request, folder, signal, onProgress, onWarning }) {
    const sequence = await readPosesForClip(request.poses, {
      ...(signal ? { signal } : {}),
      ...{ onProgress, onWarning },
    });
    await writeFileAtomic(inFolder(folder, 'poses'), writePoses(sequence));
    const { meanConfidence } = sequenceFacts(sequence);
    return { frames: sequence.frames.length, fps: sequence.fps, meanConfidence };
  },
};

async function networkInputs(network: NetworkRequest, source: PoseSource): Promise<object> {
  const { identity } = await openCheckpoint(network.model);
  // How much memory there was decides nothing about the clip.
  return {
    network: { ...network, memoryLimit: undefined },
    checkpoint: identity,
    drawn: await digestIfGiven(await drawnSkeletons(source)),
  };
}

const generate: Stage<'generate'> = {
  output: JOB_FILES.clip,
  expectedSeconds: (request) => (request.views === undefined ? 24 : 40) * effort(request),
  inputs: async ({ image, views, mask, restPose, generator, size, frames, network, poses: source }, folder) => ({
    ...{ generator, size, frames },
    ...(network ? await networkInputs(network, source) : {}),
    files: await Promise.all([image, views, mask, restPose].map(digestIfGiven)),
    poses: await digestOf(inFolder(folder, 'poses')),
  }),
  async run({ request, folder, signal, onProgress, onWarning, onNotice }) {
    return makeClip(
      await withDrawnSkeletons(request, request.poses),
      await readPoseFile(inFolder(folder, 'poses')),
      inFolder(folder, 'clip'),
      { ...(signal ? { signal } : {}), onProgress, onWarning, onNotice },
    );
  },
};

const optimise: Stage<'optimise'> = {
  output: JOB_FILES.scene,
  expectedSeconds: (request) => OPTIMISE_SECONDS[request.preset] * effort(request),
  inputs: async ({ preset, seed, iterations }, folder) => ({
    ...{ preset, seed, iterations },
    clip: await digestOf(inFolder(folder, 'clip')),
  }),
  async run({ request, folder, threads, resume, signal, onProgress, onWarning }) {
    const { preset, seed, iterations } = request;
    const during = signal ? { onProgress, signal } : { onProgress };
    const out = inFolder(folder, 'scene');
    const checkpoint = `${out}.checkpoint`;
    if (!resume) await rm(checkpoint, { recursive: true, force: true });
    const clip = await readClip(inFolder(folder, 'clip'), during);
    const { onEvent, end } = trainingProgress(onProgress, onWarning);
    try {
      const { scene, report } = await optimize(clip, {
        ...{ preset, seed, checkpoint, resume, onEvent },
        ...(signal ? { signal } : {}),
        ...(iterations === undefined ? {} : { iterations }),
        ...(threads === undefined ? {} : { threads }),
      });
      await writeSceneFile(out, scene);
      await rm(checkpoint, { recursive: true, force: true });
      end('end');
      return { iterations: report.iterations, gaussians: report.gaussians, training: report.training };
    } catch (error) {
      end('failed');
      throw error;
    }
  },
};

const ply: Stage<'ply'> = {
  output: JOB_FILES.ply,
  expectedSeconds: (request) => (4 * (request.frames ?? 25)) / 25,
  inputs: async (_, folder) => ({ ...PLY, scene: await digestOf(inFolder(folder, 'scene')) }),
  async run({ folder, signal, onProgress }) {
    const scene = await readSceneFile(inFolder(folder, 'scene'));
    const range = { first: 1, last: scene.frames };
    await writePlySequence(scene, inFolder(folder, 'ply'), {
      ...PLY,
      ...range,
      onProgress,
      ...(signal ? { signal } : {}),
    });
    return { files: scene.frames };
  },
};

const turntable: Stage<'turntable'> = {
  output: JOB_FILES.turntable,
  expectedSeconds: () => 12,
  inputs: async (_, folder) => ({ ...TURNTABLE, scene: await digestOf(inFolder(folder, 'scene')) }),
  async run({ folder, signal, onProgress }) {
    const scene = await readSceneFile(inFolder(folder, 'scene'));
    const frames = Math.max(1, Math.round(turntableSeconds(scene) * TURNTABLE.fps));
    const video = { ...TURNTABLE, frames };
    await writeTurntableVideo(scene, inFolder(folder, 'turntable'), {
      ...video,
      onProgress,
      ...(signal ? { signal } : {}),
    });
    return video;
  },
};

export const STAGES: { readonly [S in JobStage]: Stage<S> } = { poses, generate, optimise, ply, turntable };
