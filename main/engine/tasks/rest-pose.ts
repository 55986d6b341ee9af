import { recordOf } from '../../../core/document/document.ts';
import { compareRecords } from '../../../core/document/records.ts';
import { AppError } from '../../../core/errors.ts';
import { fittedIfWanted } from '../../../core/pose-edit/fit-motion.ts';
import { toBody18 } from '../../../core/poses/convert.ts';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { asTask } from '../../../core/progress.ts';
import type { Character } from '../../../native/puppet/character.ts';
import { loadCharacter } from '../../../native/puppet/load-character.ts';
import { requireCharacter, writeCharacterFiles } from '../character-files.ts';
import { plainPose } from '../pose-records.ts';
import type { TaskFunction } from '../task-run.ts';

/**
 * Finds the character's joints in its picture. The cut-out is worked out for it and not kept: a mask in the document is the
 * artist's own word, and one that was found would overrule what later versions find better.
 */
export const findRestPose: TaskFunction = async (run) => {
  const character = requireCharacter(run.project().document());
  const { image, mask } = await writeCharacterFiles({ ...character, restPose: null }, run);
  const task = { task: 'Finding the character', total: 0, unit: 'steps' };
  const found = await asTask(run.report.onProgress, task, () =>
    loadCharacter(image, { ...(mask === undefined ? {} : { mask }), onWarning: run.report.onWarning }),
  );
  run.signal.throwIfAborted();
  const restPose = overPicture(found, character);
  // Asked again: the artist goes on working while the engine looks.
  const document = run.project().document();
  const now = recordOf(document, 'character');
  if (now?.picture !== character.picture) {
    throw new AppError('failed', 'The picture was changed while its rest pose was looked for; start it again.');
  }
  // A motion that was chosen before the joints were known is fitted to them, as one that is chosen later.
  const after = fittedIfWanted(new Map(document).set(now.id, { ...now, restPose }));
  const diff = compareRecords(document, after);
  const joints = restPose.filter((value, k) => k % 3 === 2 && value > 0).length;
  return { diff, label: 'Found rest pose', result: `Found ${joints} of 18 joints.` };
};

/** [18 * 3] in pixels of the document's picture; the engine looks at a smaller one where it is large. */
function overPicture({ picture, pose }: Character, { width, height }: { width: number; height: number }): number[] {
  const [body = pose] = bodyOf(picture, pose).frames;
  const scale = [width / picture.width, height / picture.height, 1];
  const keypoints = body.keypoints.map((value, k) => value * (scale[k % 3] ?? 1));
  return [...plainPose({ keypoints }).keypoints];
}

const bodyOf = ({ width, height }: Character['picture'], pose: Pose): ReturnType<typeof toBody18> =>
  toBody18({ skeleton: 'coco-wholebody133', width, height, fps: 1, frames: [pose] });
