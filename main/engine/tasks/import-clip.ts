import { basename } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { readClip } from '../../../native/media/clip-folder.ts';
import { LIMITS } from '../../../preload/contract/ids.ts';
import { KEEPING, keepClip } from '../clip-records.ts';
import { changeOf } from '../project.ts';
import type { TaskFunction } from '../task-run.ts';

/** Takes a clip folder, or the published inference video, as the project's clip. */
export const importClip: TaskFunction = async (run) => {
  const [path, more] = run.order.files;
  if (path === undefined) throw new AppError('bad-input', 'Choose a clip folder, or a published multi-view video.');
  if (more !== undefined) throw new AppError('bad-input', 'A clip is one folder or one video; choose one.');
  run.report.plan({ 'Reading pictures': 0.4, 'Reading video': 0.4, [KEEPING]: 1 });
  const clip = await readClip(path, { signal: run.signal, onProgress: run.report.onProgress });
  const name = basename(path).slice(0, LIMITS.name).trim() || 'clip';
  const record = await keepClip(clip, { madeBy: name, replaced: [] }, run);
  const { width, height, frames } = record;
  return {
    diff: changeOf(run.project().document(), [record]),
    label: 'Imported clip',
    result: `${record.pictures.length} views of ${frames} frames of ${width}x${height}.`,
  };
};
