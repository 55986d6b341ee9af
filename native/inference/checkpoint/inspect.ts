import { AppError } from '../../../core/errors.ts';
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
}

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
  return { folder, kind, modules, plan: await planSentence(checkpoint) };
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
