import { rm } from 'node:fs/promises';
import { recordOf } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { readScene } from '../../../core/formats/scene.ts';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';
import { VERIFYING, type ExportRun } from '../export/export-run.ts';
import { exportFrame } from '../export/frame.ts';
import { exportPictures } from '../export/pictures.ts';
import { exportPlySequence } from '../export/ply-sequence.ts';
import { exportTurntable } from '../export/turntable.ts';
import type { TaskFunction } from '../task-run.ts';

/** Writes the scene for other programs, whole or not at all, and reads back what was written. */
export const exportScene: TaskFunction = async (run) => {
  const { task, place } = run.order;
  if (task.kind !== 'export' || place === null) throw new AppError('bad-input', 'Choose a place for the export.');
  const record = recordOf(run.project().document(), 'scene');
  if (!record) throw new AppError('bad-input', 'There is no scene yet; optimise one first.');
  run.report.plan({ 'Exporting PLY': 0.6, 'Rendering turntable': 0.9, 'Rendering pictures': 0.8, [VERIFYING]: 1 });
  const scene = readScene(run.project().asset(record.asset), 'The scene');
  const result = await written({ run, scene, place }, task.target);
  return { diff: null, label: '', result };
};

async function written(run: ExportRun, target: ExportTarget): Promise<string> {
  try {
    return await exporting(run, target);
  } catch (error) {
    // Only what was written and then not found whole is there and of no use.
    if (error instanceof AppError && error.message.includes('when it was read back')) {
      await rm(run.place, { recursive: true, force: true });
    }
    throw error;
  }
}

function exporting(run: ExportRun, target: ExportTarget): Promise<string> {
  switch (target.kind) {
    case 'ply-sequence':
      return exportPlySequence(run, target);
    case 'turntable':
      return exportTurntable(run, target);
    case 'pictures':
      return exportPictures(run, target);
    case 'frame':
      return exportFrame(run, target);
  }
}
