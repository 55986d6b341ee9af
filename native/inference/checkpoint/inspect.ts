import { resolve } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { ringCameras } from '../../../core/ring.ts';
import { inspectRays } from '../cameras/inspect-rays.ts';
import { planCheckpoint } from '../generator/plan-checkpoint.ts';
import { describePlan } from '../runtime/plan.ts';
import { checkEmbeddings } from './check-embeddings.ts';
import { checkHashes, hashFinding, type FileHash, type HashOptions } from './check-hashes.ts';
import { openCheckpoint, partsOf, type Checkpoint, type CheckpointModule } from './checkpoint.ts';
import { halfDownloads } from './hub-download.ts';

export interface ModuleReport {
  readonly name: 'transformer' | 'vae' | 'text_encoder';
  readonly tensors: number;
  readonly parameters: number;
  /** Of its files. */
  readonly bytes: number;
  readonly dtypes: readonly string[];
  /** What is amiss with its tensors and files, one phrase each. */
  readonly findings: readonly string[];
}

/** A folder of any content; what depends on finding a checkpoint there is missing where there is none. */
export interface CheckpointReport {
  /** Whether there are no findings. */
  readonly ok: boolean;
  readonly folder: string;
  /** Everything that is amiss, one phrase or sentence each. */
  readonly findings: readonly string[];
  readonly modules: readonly ModuleReport[];
  readonly kind?: Checkpoint['kind'];
  /** How it would run on this machine, or why it would not, in a sentence. */
  readonly plan?: string;
  /** How the ray embeddings are written, in a sentence: their makers never said; 4D only. */
  readonly rays?: string;
  /** Of every file, where they were asked for. */
  readonly hashes?: readonly FileHash[];
}

export interface InspectOptions extends HashOptions {
  /** Whether to read all files and compare them with what the hub has of them, as far as their download left that behind. */
  readonly hash?: boolean;
}

/** A quarter of the ring away from view 0, whose own embedding cannot tell every convention from the others. */
const TELLING_VIEW = 5;
/** Root mean square difference of embeddings that follow a convention, with room for 16-bit storage. */
const FOLLOWS = 0.02;

/**
 * Looks at a checkpoint without running it: every tensor by name and shape, every ray embedding, what a download left half-way, and what a
 * whole run would cost here. A folder that holds none is a finding. Throws an `AppError` called `cancelled` soon after `signal`, and others
 * where the disk fails.
 */
export async function inspectCheckpoint(path: string, options: InspectOptions = {}): Promise<CheckpointReport> {
  const folder = resolve(path);
  const { findings, ...found } = await inspectContents(folder, options);
  const half = await halfDownloads(folder);
  const hashes = options.hash ? await checkHashes(folder, options) : undefined;
  const mismatches = (hashes ?? []).flatMap((hash) => hashFinding(hash) ?? []);
  const all = [...findings, ...half, ...mismatches];
  return { ok: all.length === 0, folder, findings: all, ...found, ...(hashes ? { hashes } : {}) };
}

async function inspectContents(
  folder: string,
  options: InspectOptions,
): Promise<Omit<CheckpointReport, 'ok' | 'folder' | 'hashes'>> {
  let checkpoint: Checkpoint;
  try {
    checkpoint = await openCheckpoint(folder);
  } catch (error) {
    if (error instanceof AppError) return { findings: [error.message], modules: [] };
    throw error;
  }
  const { kind, transformer, vae, textEncoder } = checkpoint;
  const modules = [
    moduleReport('transformer', transformer),
    moduleReport('vae', vae),
    moduleReport('text_encoder', textEncoder),
  ];
  const tensors = partsOf(checkpoint).flatMap(([name, part]) =>
    [...part.findings, ...part.remarks].map((finding) => `${name}: ${finding}`),
  );
  const embeddings = await checkEmbeddings(checkpoint, options);
  const rays = embeddings.length === 0 ? await raySentence(checkpoint) : undefined;
  const plan = await planSentence(checkpoint);
  return { findings: [...tensors, ...embeddings], modules, kind, plan, ...(rays === undefined ? {} : { rays }) };
}

async function raySentence({ cameraEmbedding }: Checkpoint): Promise<string | undefined> {
  if (!cameraEmbedding) return undefined;
  const embedding = await cameraEmbedding(TELLING_VIEW);
  const ring = ringCameras(embedding.dims[1] ?? 1);
  const [first, camera] = [ring[0], ring[TELLING_VIEW]];
  if (!first || !camera) throw new RangeError('The ring is too small.');
  const [best] = inspectRays(embedding, camera, first).matches;
  if (!best) throw new RangeError('There are no conventions.');
  const { order, moment, frame, direction, field } = best.convention;
  const off = best.directionError + best.momentError;
  const words = `${order}; moment ${moment}; axes of the ${frame}; directions ${direction}; field of view over the ${field}`;
  if (off < FOLLOWS)
    return `The ray embeddings follow a convention: ${words}; moments times ${best.momentScale.toFixed(3)}.`;
  return `The ray embeddings follow none of the likely conventions; they are used as they are (nearest, off by ${off.toFixed(2)}: ${words}).`;
}

function moduleReport(
  name: ModuleReport['name'],
  { weights, parameters, findings, remarks }: CheckpointModule<unknown>,
): ModuleReport {
  const dtypes = [...new Set([...weights.tensors.values()].map(({ dtype }) => dtype))].sort();
  return {
    name,
    tensors: weights.tensors.size,
    parameters,
    bytes: weights.size,
    dtypes,
    findings: [...findings, ...remarks],
  };
}

async function planSentence(checkpoint: Checkpoint): Promise<string> {
  try {
    return describePlan((await planCheckpoint(checkpoint, {})).plan);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
