import { AppError } from '../../../core/errors.ts';
import { inspectCheckpoint } from '../../../native/inference/checkpoint/inspect.ts';
import type { TaskFunction } from '../task-run.ts';

const MOST_FINDINGS = 500;
const LONGEST_FINDING = 500;

/** Looks at a whole checkpoint and reads its files against the hashes that their download left behind. */
export const checkModel: TaskFunction = async (run) => {
  const { task, models } = run.order;
  const folder = task.kind === 'check-model' ? models[task.model] : undefined;
  if (folder === undefined) throw new AppError('not-found', 'That model is no longer in the library; add it again.');
  const { signal, report } = run;
  const { findings } = await inspectCheckpoint(folder, { hash: true, signal, onProgress: report.onProgress });
  const value = findings.slice(0, MOST_FINDINGS).map((finding) => finding.slice(0, LONGEST_FINDING));
  const result =
    findings.length === 0
      ? 'The checkpoint is whole and as it was published.'
      : `The checkpoint has ${findings.length} ${findings.length === 1 ? 'fault' : 'faults'}; see its entry under Models.`;
  return { diff: null, label: '', result, value };
};
