import { basename } from 'node:path';
import { recordOf } from '../../core/document/document.ts';
import { workFile, type TaskRun } from './task-run.ts';

/** What native functions advise a user of the command line, and what a user of the studio can do. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/(?:or )?give them with --rest-pose/g, 'or set them in the pose editor'],
  [/where they are wrong, or set/g, 'where they are wrong, set'],
  [/Give your own with --views\./g, 'Bring your own pictures of the views if you have them.'],
  [/; --frames takes another number/g, "; the clip's settings take another number"],
  [/leave out --views/g, 'take the pictures of the views away'],
  [/choose --frames (\d+) or fewer/g, 'choose $1 frames or fewer'],
  [/see charactershot doctor, or choose --provider cpu/g, 'see Diagnostics in the Help menu'],
  [/; the same command (?:with --resume )?goes on(?: where it was)?/g, ''],
];

/** Names of files in a job's folder, and what they are to the user. */
const FILES: readonly (readonly [string, string])[] = [
  ['mask', 'The mask'],
  ['rest-pose.json', 'The rest pose'],
  ['views', 'The set of view pictures'],
  ['poses.json', 'The poses'],
  ['clip', 'The clip'],
  ['input', 'The pasted picture'],
];

/** `text` without paths of the job's folder and options of the command line. */
export function usersWords(text: string, run: TaskRun): string {
  let result = text;
  if (run.order.projectPath !== null) {
    const picture = recordOf(run.project().document(), 'character')?.pictureName ?? 'The picture';
    result = result.replaceAll(workFile(run, 'picture'), picture);
  }
  for (const [file, name] of FILES) result = result.replaceAll(workFile(run, file), name);
  for (const path of run.order.files) result = result.replaceAll(path, basename(path));
  return ADVICE.reduce((sentence, [advice, words]) => sentence.replace(advice, words), result);
}
