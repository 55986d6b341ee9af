import { AppError } from '../../../core/errors.ts';
import { openCheckpoint, partsOf } from '../../../native/inference/checkpoint/checkpoint.ts';
import type { TaskFunction } from '../task-run.ts';

/** What a folder's checkpoint is: its kind, and the bytes of its files. Throws an `AppError` where it holds none. */
export const openModel: TaskFunction = async (run) => {
  const [folder] = run.order.files;
  if (folder === undefined) throw new AppError('bad-input', 'Choose the folder of a published checkpoint.');
  const checkpoint = await openCheckpoint(folder);
  const { transformer, vae, textEncoder } = checkpoint;
  const size = [transformer, vae, textEncoder].reduce((sum, { weights }) => sum + weights.size, 0);
  const findings = partsOf(checkpoint).flatMap(([name, part]) => part.findings.map((finding) => `${name}: ${finding}`));
  const value = { kind: checkpoint.kind, size, findings: findings.slice(0, 500) };
  return { diff: null, label: '', result: '', value };
};
