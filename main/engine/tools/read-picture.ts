import { AppError } from '../../../core/errors.ts';
import type { TaskFunction } from '../task-run.ts';
import { keepPictureFile } from './keep-picture.ts';

export const keepPicture: TaskFunction = async (run) => {
  const { task, files } = run.order;
  const [path] = files;
  if (path === undefined || task.kind !== 'read-picture') throw new AppError('bad-input', 'Choose a picture.');
  const value = await keepPictureFile(path, task.name, run);
  return { diff: null, label: '', result: '', value };
};
