import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Camera } from '../../core/camera.ts';
import { AppError } from '../../core/errors.ts';
import { readCameras } from '../../core/formats/cameras.ts';
import { readInput } from '../files/read.ts';
import { readTransforms, transformsCamera, type TransformsFrame } from '../../core/formats/transforms.ts';

/** Which pictures a clip folder has, and how they were taken. */
export interface ClipLayout {
  /** Paths, [view][frame]; every view has the same frames. */
  readonly pictures: readonly (readonly string[])[];
  /** One camera a view, for pictures of any size or of the given one. */
  readonly cameras: (width: number, height: number) => readonly Camera[];
}

/** Numbered entries of a folder (view07 or frame_00012.png) by number; two spellings of one number are refused. */
function numbered(folder: string, names: readonly string[], pattern: RegExp): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of names) {
    const digits = pattern.exec(name)?.[1];
    if (digits === undefined) continue;
    const other = found.get(Number(digits));
    if (other !== undefined) {
      throw new AppError('bad-input', `${folder} has both ${other} and ${name}; remove one of them.`);
    }
    found.set(Number(digits), name);
  }
  return found;
}

/** The pictures of viewNN/frame_NNNNN.png: views from 0 and frames without gaps, the same in every view. */
export async function listViews(path: string, names: readonly string[]): Promise<string[][]> {
  const folders = numbered(path, names, /^view(\d{1,9})$/);
  if (folders.size === 0) {
    throw new AppError('not-found', `${path} has no views; its pictures belong into view00, view01, ... .`);
  }
  for (let view = 0; view < folders.size; view++) {
    if (!folders.has(view)) {
      throw new AppError('not-found', `${path} has no view ${view}; number its view folders from 00 without gaps.`);
    }
  }
  const views: { folder: string; frames: Map<number, string> }[] = [];
  for (let view = 0; view < folders.size; view++) {
    const folder = join(path, folders.get(view) ?? '');
    if (!(await stat(folder)).isDirectory()) {
      throw new AppError('bad-input', `${folder} is a file; a view is a folder of pictures.`);
    }
    views.push({ folder, frames: numbered(folder, await readdir(folder), /^frame_(\d{1,9})\.png$/i) });
  }
  const frames = frameNumbers(path, views);
  return views.map(({ folder, frames: files }, view) =>
    frames.map((frame) => {
      const file = files.get(frame);
      if (file !== undefined) return join(folder, file);
      throw new AppError(
        'not-found',
        `View ${view} lacks frame ${frame} in ${folder}; write it, or remove it elsewhere.`,
      );
    }),
  );
}

/** The frames that any view has, which must follow one another. */
function frameNumbers(path: string, views: readonly { frames: Map<number, string> }[]): number[] {
  const all = [...new Set(views.flatMap(({ frames }) => [...frames.keys()]))].sort((a, b) => a - b);
  if (all.length === 0) {
    throw new AppError('not-found', `${path} has no pictures; they are named frame_00001.png, frame_00002.png, ... .`);
  }
  const gap = all.find((frame, index) => index > 0 && frame !== (all[index - 1] ?? 0) + 1);
  if (gap !== undefined) {
    throw new AppError('not-found', `${path} lacks frame ${gap - 1} in all views; write it, or number them anew.`);
  }
  return all;
}

/** The cameras of views 0 to `views` - 1 from cameras.json. */
export async function clipCameras(path: string, views: number): Promise<() => readonly Camera[]> {
  const file = join(path, 'cameras.json');
  const byView = readCameras(await readInput(file), file);
  const cameras = Array.from({ length: views }, (_, view) => {
    const camera = byView.get(view);
    if (camera) return camera;
    throw new AppError(
      'bad-input',
      `${file} has no camera for view ${view}; add it, or remove the folder of that view.`,
    );
  });
  return () => cameras;
}

/**
 * The layout of the published data: transforms_train.json lists every picture with its time and camera. Views are
 * ordered by the folders of their pictures, frames by time.
 */
export async function publishedLayout(path: string): Promise<ClipLayout> {
  const file = join(path, 'transforms_train.json');
  const { cameraAngleX, frames } = readTransforms(await readInput(file), file);
  const views = new Map<string, TransformsFrame[]>();
  for (const frame of frames) {
    const folder = dirname(frame.filePath);
    views.set(folder, [...(views.get(folder) ?? []), frame]);
  }
  const ordered = [...views].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, list]) => list);
  const times = [...new Set(frames.map(({ time }) => time))].sort((a, b) => a - b);
  const pictures = ordered.map((list) =>
    times.map((time, index) => {
      const [frame, twice] = list.filter((candidate) => candidate.time === time);
      if (frame && !twice) return pictureFile(path, frame.filePath);
      const what = `${list[0] ? dirname(list[0].filePath) : 'a view'} ${twice ? 'has two pictures' : 'lacks a picture'}`;
      throw new AppError('bad-input', `${file}: ${what} at time ${time} (frame ${index + 1}); correct the list.`);
    }),
  );
  const poses = ordered.map((list) => list[0]?.cameraToWorld ?? new Float64Array(16));
  return {
    pictures,
    cameras: (width, height) => poses.map((pose) => transformsCamera(cameraAngleX, pose, width, height)),
  };
}

/** A list from elsewhere may not name files outside its folder. */
function pictureFile(path: string, filePath: string): string {
  const file = resolve(path, filePath.endsWith('.png') ? filePath : `${filePath}.png`);
  if (!file.startsWith(resolve(path) + sep)) {
    throw new AppError(
      'bad-input',
      `${path}: the listed picture ${filePath} lies outside the folder; correct the list.`,
    );
  }
  return file;
}
