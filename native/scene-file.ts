import type { Scene } from '../core/deformation/deformation.ts';
import { AppError } from '../core/errors.ts';
import { readScene, writeScene } from '../core/formats/scene.ts';
import { writeFileAtomic } from './files/atomic.ts';
import { readInput } from './files/read.ts';

/** Reads a .4dgs file. Throws an `AppError` that names the file and what is wrong with it. */
export async function readSceneFile(path: string): Promise<Scene> {
  const bytes = await readInput(path);
  try {
    return readScene(bytes, path);
  } catch (error) {
    // What concerns the container and not the scene does not know the file.
    if (!(error instanceof AppError) || error.message.includes(path)) throw error;
    throw new AppError(error.code, `${path}: ${error.message}`, error);
  }
}

/** Writes a .4dgs file, whole or not at all. Throws an `AppError` that says why it cannot be written. */
export const writeSceneFile = (path: string, scene: Scene): Promise<void> => writeFileAtomic(path, writeScene(scene));
