import { AppError } from '../../../core/errors.ts';
import { openCheckpoint, requireWhole } from '../../../native/inference/checkpoint/checkpoint.ts';
import { planCheckpoint } from '../../../native/inference/generator/plan-checkpoint.ts';
import { describePlan } from '../../../native/inference/runtime/plan.ts';
import type { TaskFunction } from '../task-run.ts';
import { usersWords } from '../users-words.ts';

/** How a whole run of a checkpoint would go on this machine; why it would not is an answer, too. */
export const planModel: TaskFunction = async (run) => {
  const { task, files } = run.order;
  const [folder] = files;
  if (task.kind !== 'plan-model' || folder === undefined) throw new AppError('bad-input', 'Choose a model.');
  const value = await planOf(folder, task.steps).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error;
    return { fits: false, lines: [usersWords(error.message, run)], seconds: null, memoryBytes: null };
  });
  return { diff: null, label: '', result: '', value };
};

async function planOf(folder: string, steps: number) {
  const checkpoint = await openCheckpoint(folder);
  requireWhole(checkpoint);
  const { plan } = await planCheckpoint(checkpoint, { steps });
  return { fits: true, lines: [describePlan(plan)], seconds: plan.seconds ?? null, memoryBytes: plan.peakBytes };
}
