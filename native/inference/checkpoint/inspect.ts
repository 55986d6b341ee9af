import { AppError } from '../../../core/errors.ts';
import { ringCameras } from '../../../core/ring.ts';
import { inspectRays } from '../cameras/inspect-rays.ts';
import { planCheckpoint } from '../generator/plan-checkpoint.ts';
import { describePlan } from '../runtime/plan.ts';
import { openCheckpoint, type Checkpoint, type CheckpointModule } from './checkpoint.ts';

export interface ModuleReport {
  readonly name: 'transformer' | 'vae' | 'text_encoder';
  readonly tensors: number;
  readonly parameters: number;
  /** Of its files. */
  readonly bytes: number;
  readonly dtypes: readonly string[];
  /** What is amiss, one phrase a tensor. */
  readonly findings: readonly string[];
}

export interface CheckpointReport {
  readonly folder: string;
  readonly kind: Checkpoint['kind'];
  readonly modules: readonly ModuleReport[];
  /** How it would run on this machine, or why it would not, in a sentence. */
  readonly plan: string;
  /** How the ray embeddings are written, in a sentence: their makers never said; 4D only. */
  readonly rays?: string;
}

/** A quarter of the ring away from view 0, whose own embedding cannot tell every convention from the others. */
const TELLING_VIEW = 5;
/** Root mean square difference of embeddings that follow a convention, with room for 16-bit storage. */
const FOLLOWS = 0.02;

/**
 * Looks at a checkpoint without running it: every tensor by name and shape, and what a whole run would cost here. Throws an `AppError` where the
 * folder holds none.
 */
export async function inspectCheckpoint(path: string): Promise<CheckpointReport> {
  const checkpoint = await openCheckpoint(path);
  const { folder, kind, transformer, vae, textEncoder } = checkpoint;
  const modules = [
    moduleReport('transformer', transformer),
    moduleReport('vae', vae),
    moduleReport('text_encoder', textEncoder),
  ];
  const rays = await raySentence(checkpoint);
  return { folder, kind, modules, plan: await planSentence(checkpoint), ...(rays === undefined ? {} : { rays }) };
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
  { weights, parameters, findings }: CheckpointModule<unknown>,
): ModuleReport {
  const dtypes = [...new Set([...weights.tensors.values()].map(({ dtype }) => dtype))].sort();
  return { name, tensors: weights.tensors.size, parameters, bytes: weights.size, dtypes, findings };
}

async function planSentence(checkpoint: Checkpoint): Promise<string> {
  try {
    return describePlan(await planCheckpoint(checkpoint, {}));
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
