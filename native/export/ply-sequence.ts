import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from '../../core/deformation/deformation.ts';
import { writePly, type PlyOptions } from '../../core/formats/ply.ts';
import { frameTime } from '../../core/frame-time.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { SceneRenderer } from '../render.ts';
import { writeFolder } from './output-place.ts';

export interface PlySequenceOptions extends PlyOptions {
  /** First and last frame, counted from 1, both included. */
  readonly first: number;
  readonly last: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** frame_00001.png and the like: constant prefix, padded so that names sort as frames do, counted from 1. */
export const frameFileName = (frame: number, extension: string): string =>
  `frame_${String(frame).padStart(5, '0')}.${extension}`;

/**
 * Writes the scene's Gaussians at each frame as one PLY file into `folder`, whole or not at all (see `writeFolder`).
 * A file keeps the number its frame has in the scene. Throws when aborted.
 */
export async function writePlySequence(scene: Scene, folder: string, options: PlySequenceOptions): Promise<void> {
  const { first, last, signal, onProgress } = options;
  const renderer = new SceneRenderer(scene);
  try {
    await writeFolder(folder, 'ply-sequence', (partial) =>
      asTask(onProgress, { task: 'Exporting PLY', total: last - first + 1, unit: 'frames' }, async (tick) => {
        for (let frame = first; frame <= last; frame++) {
          signal?.throwIfAborted();
          const gaussians = renderer.at(frameTime(frame - 1, scene.frames));
          await writeFile(join(partial, frameFileName(frame, 'ply')), writePly(gaussians, options));
          tick(frame - first + 1);
        }
      }),
    );
  } finally {
    renderer.dispose();
  }
}
