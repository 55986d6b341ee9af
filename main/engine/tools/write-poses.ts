import { AppError } from '../../../core/errors.ts';
import { writePoses } from '../../../core/formats/poses.ts';
import { checkOutputFile } from '../../../native/export/output-place.ts';
import { writeFileAtomic } from '../../../native/files/atomic.ts';
import { writeOpenPoseFolder } from '../../../native/poses/pose-files.ts';
import { sequenceOf } from '../pose-records.ts';
import type { TaskFunction } from '../task-run.ts';

/** Writes the project's poses for other programs: poses.json, or a folder of OpenPose files. */
export const writePoseFiles: TaskFunction = async (run) => {
  const { task, place } = run.order;
  if (task.kind !== 'write-poses' || place === null) throw new AppError('bad-input', 'Choose a place for the poses.');
  const poses = sequenceOf(run.project().document());
  if (!poses) throw new AppError('bad-input', 'There are no poses yet; choose a motion first.');
  if (task.format === 'openpose') await writeOpenPoseFolder(poses, place);
  else {
    await checkOutputFile(place, 'poses');
    await writeFileAtomic(place, writePoses(poses));
  }
  return { diff: null, label: '', result: '' };
};
