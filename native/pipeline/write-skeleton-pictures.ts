import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { writeFolder } from '../export/output-place.ts';
import { frameFileName } from '../export/ply-sequence.ts';
import { encodePng } from '../media/png.ts';

export interface WriteSkeletonPicturesOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/**
 * Draws each pose as the method is conditioned on it, in the size of the sequence's frame, into a folder of PNG pictures,
 * whole or not at all. Throws when aborted.
 */
export async function writeSkeletonPictures(
  { skeleton, width, height, frames }: PoseSequence,
  folder: string,
  { signal, onProgress }: WriteSkeletonPicturesOptions = {},
): Promise<void> {
  const task = { task: 'Drawing poses', total: frames.length, unit: 'pictures' };
  await writeFolder(folder, 'pictures', (partial) =>
    asTask(onProgress, task, async (tick) => {
      for (const [index, pose] of frames.entries()) {
        signal?.throwIfAborted();
        const rgb = drawSkeleton([pose], skeleton, { width, height }, { width, height });
        await writeFile(join(partial, frameFileName(index + 1, 'png')), encodePng(rgb, width, height));
        tick(index + 1);
      }
    }),
  );
}
