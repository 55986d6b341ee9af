import { join } from 'node:path';
import { recordOf, type CharacterRecord, type ProjectDocument } from '../../core/document/document.ts';
import { AppError } from '../../core/errors.ts';
import { writePoses } from '../../core/formats/poses.ts';
import { writeFileAtomic } from '../../native/files/atomic.ts';
import type { EngineProject } from './project.ts';
import { workFile, type TaskRun } from './task-run.ts';

/** The files of a character that native functions read. */
export interface CharacterFiles {
  readonly image: string;
  readonly mask?: string;
  readonly restPose?: string;
}

/** The document's character; throws an `AppError` where it has none. */
export function requireCharacter(document: ProjectDocument): CharacterRecord {
  const character = recordOf(document, 'character');
  if (character) return character;
  throw new AppError('bad-input', 'There is no picture of a character yet; choose one first.');
}

/** Writes picture, mask and rest pose into the job's folder, as far as there are such. */
export async function writeCharacterFiles(character: CharacterRecord, run: TaskRun): Promise<CharacterFiles> {
  const project = run.project();
  const image = await named(project, character.picture, run, 'picture');
  const mask = character.mask === null ? undefined : await named(project, character.mask, run, 'mask');
  const restPose = await writeRestPose(character, run);
  return { image, ...(mask === undefined ? {} : { mask }), ...(restPose === undefined ? {} : { restPose }) };
}

async function named(project: EngineProject, asset: string, run: TaskRun, name: string): Promise<string> {
  const path = workFile(run, name);
  await project.writeAsset(asset, path);
  return path;
}

async function writeRestPose({ restPose, width, height }: CharacterRecord, run: TaskRun): Promise<string | undefined> {
  if (!restPose) return undefined;
  const path = join(run.order.workFolder, 'rest-pose.json');
  const frames = [{ keypoints: Float32Array.from(restPose) }];
  await writeFileAtomic(path, writePoses({ skeleton: 'openpose18', width, height, fps: 1, frames }));
  return path;
}
