import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { RING_VIEWS } from '../../../core/ring.ts';
import { listViewPictures } from '../../../native/puppet/views/read-views.ts';
import type { TaskFunction, TaskRun } from '../task-run.ts';
import { keepPictureFile } from './keep-picture.ts';

const NUMBER = /^(?:view_?)?0*(\d{1,3})\.(?:png|jpe?g|webp)$/i;

/** Keeps 21 pictures of views, of a folder or chosen one by one, in the order of the views. */
export const keepViews: TaskFunction = async (run) => {
  const paths = await viewPaths(run);
  const value: string[] = [];
  let first = '';
  for (const path of paths) {
    run.signal.throwIfAborted();
    const { asset, width, height } = await keepPictureFile(path, basename(path), run);
    const size = `${width}x${height}`;
    if (first === '') first = size;
    if (size !== first) {
      throw new AppError('bad-input', `${basename(path)} is ${size}, the first view ${first}; make all the same size.`);
    }
    value.push(asset);
  }
  return { diff: null, label: '', result: '', value };
};

async function viewPaths({ order: { files } }: TaskRun): Promise<readonly string[]> {
  const [first] = files;
  if (first === undefined) throw new AppError('bad-input', 'Choose a folder of 21 pictures, view0.png to view20.png.');
  if (files.length === 1) {
    if ((await stat(first).catch(() => undefined))?.isDirectory()) return listViewPictures(first);
    throw new AppError(
      'bad-input',
      `${basename(first)} is one picture; choose a folder of 21, view0.png to view20.png.`,
    );
  }
  const views = new Map(files.map((path) => [Number(NUMBER.exec(basename(path))?.[1] ?? NaN), path]));
  return Array.from({ length: RING_VIEWS }, (_, view) => {
    const path = views.get(view);
    if (path !== undefined && files.length === RING_VIEWS) return path;
    throw new AppError('bad-input', `Choose ${RING_VIEWS} pictures, named view0.png to view${RING_VIEWS - 1}.png.`);
  });
}
