import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import { namedPoseSource, type PoseSource } from '../../../native/pipeline/pose-source.ts';
import { workFile, type TaskRun } from '../task-run.ts';

const PICTURE = /\.(?:png|jpe?g|webp|gif|tiff?|avif)$/i;
const KEYPOINTS = /\.json$/i;
const MOST_FILES = 10_000;

/** What the files that came along with a job are. Throws an `AppError` for a mixture, and for nothing. */
export async function sourceOfFiles(run: TaskRun): Promise<PoseSource> {
  const { files } = run.order;
  const [first] = files;
  if (first === undefined) {
    throw new AppError('bad-input', 'Choose a video, a motion file, pose files, or pictures of skeletons.');
  }
  if (files.length === 1) return PICTURE.test(first) ? { type: 'pictures', path: first } : namedPoseSource(first);
  for (const pattern of [PICTURE, KEYPOINTS]) {
    if (!files.every((file) => pattern.test(file))) continue;
    const path = await gathered(files, run);
    return { type: pattern === PICTURE ? 'pictures' : 'keypoints', path };
  }
  throw new AppError(
    'bad-input',
    'Several files at once must all be pictures, or all be pose files (JSON); choose one video or motion file.',
  );
}

/** The files in one folder, in the order of their names' numbers: native functions read folders. */
async function gathered(files: readonly string[], run: TaskRun): Promise<string> {
  if (files.length > MOST_FILES) {
    throw new AppError('bad-input', `${files.length} files are too many; choose at most ${MOST_FILES}.`);
  }
  const folder = workFile(run, 'poses');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const ordered = files.toSorted((a, b) => basename(a).localeCompare(basename(b), 'en', { numeric: true }));
  for (const [index, file] of ordered.entries()) {
    run.signal.throwIfAborted();
    await copyFile(file, join(folder, `${String(index + 1).padStart(5, '0')}${extname(file).toLowerCase()}`));
  }
  return folder;
}
