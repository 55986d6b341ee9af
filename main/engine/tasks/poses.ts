import { basename, extname } from 'node:path';
import type { DocumentDiff, MotionRecord, ProjectDocument } from '../../../core/document/document.ts';
import { compareRecords } from '../../../core/document/records.ts';
import { withFittedMotion } from '../../../core/pose-edit/fit-motion.ts';
import { sequenceFacts } from '../../../core/poses/sequence-facts.ts';
import { readPosesForClip, type PoseSource } from '../../../native/pipeline/pose-source.ts';
import { LIMITS } from '../../../preload/contract/ids.ts';
import { fittingSequence, recordsOfSequence } from '../pose-records.ts';
import { during, type TaskFunction, type TaskRun } from '../task-run.ts';
import { PREPARING, playableVideo } from './playable-video.ts';
import { sourceOfFiles } from './pose-files.ts';

const SOURCES: Readonly<Record<PoseSource['type'], MotionRecord['source']>> = {
  video: 'video',
  pictures: 'pictures',
  motion: 'file',
  keypoints: 'file',
  'built-in': 'built-in',
};

/** Finds or reads the poses of the files that came along, and makes them the project's motion. */
export const findPoses: TaskFunction = async (run) => {
  run.report.plan({ 'Finding poses': 0.9, 'Reading the pose video': 0.9, 'Reading pose pictures': 1, [PREPARING]: 1 });
  const source = await sourceOfFiles(run);
  const found = await readPosesForClip(source, during(run));
  const sequence = fittingSequence(found);
  if (sequence.frames.length < found.frames.length) {
    run.report.onNotice(
      `Of ${found.frames.length} poses ${sequence.frames.length} are kept, evenly spread: a motion has no more.`,
    );
  }
  const video = source.type === 'video' ? await keptVideo(source.path, run) : null;
  const about = { name: nameOf(run.order.files), source: SOURCES[source.type], video };
  const { meanConfidence } = sequenceFacts(sequence);
  return {
    diff: motionChange(run.project().document(), recordsOfSequence(sequence, about)),
    label: 'Imported poses',
    result: `${sequence.frames.length} poses, ${Math.round(meanConfidence * 100)}% sure.`,
  };
};

/** The change that puts a motion and its poses in the place of those that a document has, over the character where that can be. */
export const motionChange = (
  document: ProjectDocument,
  [motion, ...poses]: ReturnType<typeof recordsOfSequence>,
): DocumentDiff => compareRecords(document, withFittedMotion(document, motion, poses));

/** A file's name without its ending, of several files that of their first. */
const nameOf = ([first = '']: readonly string[]): string =>
  basename(first, extname(first)).trim().slice(0, LIMITS.name) || 'motion';

async function keptVideo(path: string, run: TaskRun): Promise<string> {
  const playable = await playableVideo(path, run);
  run.signal.throwIfAborted();
  return run.project().addAssetFile(playable, run.signal);
}
