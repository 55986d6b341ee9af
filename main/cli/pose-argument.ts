import { AppError } from '../../core/errors.ts';
import { namedPoseSource, type PoseSource } from '../../native/pipeline/pose-source.ts';
import { ArgumentError } from './argument-error.ts';

export const POSES_HELP =
  'poses (JSON), motion (BVH, glTF, VRM), pose pictures or video, or a built-in motion like walk';

/** What --poses names. Throws an `ArgumentError` for what is not there. */
export async function poseArgument(text: string): Promise<PoseSource> {
  try {
    return await namedPoseSource(text);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
    throw new ArgumentError(`--poses is not possible: ${error.message}`);
  }
}
