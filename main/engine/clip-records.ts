import { setImmediate as pause } from 'node:timers/promises';
import type { Camera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import type { AssetId, ClipCamera, ClipRecord } from '../../core/document/document.ts';
import { AppError } from '../../core/errors.ts';
import { asTask } from '../../core/progress.ts';
import { composite, type Colour } from '../../native/media/picture-tasks.ts';
import { decodePng, encodePng } from '../../native/media/png.ts';
import { LIMITS } from '../../preload/contract/ids.ts';
import type { EngineProject } from './project.ts';
import type { TaskRun } from './task-run.ts';

const WHITE: Colour = [1, 1, 1];

export const KEEPING = 'Keeping pictures';
export const LOADING = 'Reading pictures';

/** The cameras of a clip, for its own size. */
export const camerasOf = ({ cameras, width, height }: ClipRecord): Camera[] =>
  cameras.map(({ cameraToWorld, ...camera }) => ({
    ...camera,
    ...{ width, height, cameraToWorld: Float64Array.from(cameraToWorld) },
  }));

const plainCamera = ({ fx, fy, cx, cy, cameraToWorld }: Camera): ClipCamera => ({
  ...{ fx, fy, cx, cy },
  cameraToWorld: [...cameraToWorld],
});

/** The clip of a record, its pictures decoded and laid on white. Throws an `AppError` where a picture is missing or damaged. */
export async function readClipAssets(record: ClipRecord, run: TaskRun): Promise<Clip> {
  const { width, height, fps, frames, pictures } = record;
  const project = run.project();
  const images: Uint8Array[][] = [];
  const task = { task: LOADING, total: pictures.length * frames, unit: 'pictures' };
  await asTask(run.report.onProgress, task, async (tick) => {
    let done = 0;
    for (const [view, row] of pictures.entries()) {
      const decoded: Uint8Array[] = [];
      for (const [frame, id] of row.entries()) {
        run.signal.throwIfAborted();
        decoded.push(picture(project, id, `View ${view}, frame ${frame + 1} of the clip`, { width, height }));
        tick(++done);
        // A stop is heard between two pictures.
        await pause();
      }
      images.push(decoded);
    }
  });
  return { width, height, fps, frames, cameras: camerasOf(record), images, background: WHITE };
}

function picture(
  project: EngineProject,
  id: AssetId,
  name: string,
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const { width, height, rgb } = composite(decodePng(project.asset(id), name), WHITE);
  if (width === size.width && height === size.height) return rgb;
  const sizes = `has ${width}x${height} pixels instead of ${size.width}x${size.height}`;
  throw new AppError('bad-input', `${name} ${sizes}; generate or import the clip again.`);
}

/** Rows of pictures that stay as they are, by view. */
export type KeptRows = ReadonlyMap<number, readonly AssetId[]>;

/** Keeps a clip's pictures as assets, one small transaction each, and gives its record. */
export async function keepClip(
  clip: Clip,
  about: Pick<ClipRecord, 'madeBy' | 'replaced' | 'madeFrom'>,
  run: TaskRun,
  kept: KeptRows = new Map(),
): Promise<ClipRecord> {
  const { width, height, fps, frames } = clip;
  checkLimits(clip);
  const project = run.project();
  const pictures: (readonly AssetId[])[] = [];
  const task = { task: KEEPING, total: clip.images.length * frames, unit: 'pictures' };
  await asTask(run.report.onProgress, task, async (tick) => {
    for (const [view, row] of clip.images.entries()) {
      const ids: AssetId[] = [];
      for (const [frame, rgb] of row.entries()) {
        run.signal.throwIfAborted();
        const known = kept.get(view)?.[frame];
        ids.push(known ?? project.addAsset(encodePng(rgb, width, height)));
        tick(view * frames + frame + 1);
        await pause();
      }
      pictures.push(ids);
    }
  });
  return {
    ...{ id: 'clip', type: 'clip', width, height, fps, frames, pictures, ...about },
    cameras: clip.cameras.map(plainCamera),
    madeAt: new Date().toISOString(),
  };
}

function checkLimits({ images, frames }: Clip): void {
  if (images.length > LIMITS.views || frames > LIMITS.frames) {
    const most = `${LIMITS.views} views of ${LIMITS.frames} frames`;
    throw new AppError(
      'bad-input',
      `The clip has ${images.length} views of ${frames} frames; a project takes ${most}.`,
    );
  }
}
