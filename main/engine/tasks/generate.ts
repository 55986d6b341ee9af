import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import type { Clip } from '../../../core/clip.ts';
import {
  recordOf,
  type CharacterRecord,
  type ClipRecord,
  type SettingsRecord,
} from '../../../core/document/document.ts';
import { clipInputs } from '../../../core/document/clip-inputs.ts';
import { AppError } from '../../../core/errors.ts';
import type { PoseSequence } from '../../../core/poses/pose-sequence.ts';
import { writeFileAtomic } from '../../../native/files/atomic.ts';
import type { NetworkRequest } from '../../../native/generate/contract.ts';
import { generatorNamed } from '../../../native/generate/generators.ts';
import { readClip } from '../../../native/media/clip-folder.ts';
import { engineVersion } from '../../../native/pipeline/engine-version.ts';
import { makeClip, type MakeClipRequest } from '../../../native/pipeline/make-clip.ts';
import { requireCharacter, writeCharacterFiles } from '../character-files.ts';
import { KEEPING, keepClip } from '../clip-records.ts';
import { sequenceOf } from '../pose-records.ts';
import { changeOf } from '../project.ts';
import type { Shares } from '../reporter.ts';
import { during, workFile, type TaskFunction, type TaskRun } from '../task-run.ts';
import { keptRows, replacedViews } from './replaced-views.ts';
import { writeViewFiles } from './view-files.ts';

const PUPPET_SHARES = { 'Making the puppet': 0.2, 'Rendering views': 0.75, 'Writing pictures': 0.85 };
const VIEWS_SHARES = { 'Making the puppet': 0.05, 'Fitting the still figure': 0.6, 'Writing pictures': 0.85 };
const NETWORK_SHARES = {
  ...{ 'Making the puppet': 0.005, 'Rendering views': 0.01, 'Reading the prompts': 0.02, 'Encoding the poses': 0.05 },
  ...{ Denoising: 0.9, 'Writing pictures': 0.98 },
};

/**
 * Makes the clip of the character in motion. The clip is kept in the job's folder until the project has all of it: a process that is
 * killed while it hands pictures over does not make them again.
 */
export const generateClip: TaskFunction = async (run) => {
  const document = run.project().document();
  const settings = recordOf(document, 'settings');
  const poses = sequenceOf(document);
  const character = requireCharacter(document);
  if (!settings || !poses) throw new AppError('bad-input', 'There are no poses yet; choose a motion first.');
  const ofViews = character.views?.some((view) => view !== null) ? VIEWS_SHARES : PUPPET_SHARES;
  const shares: Shares = settings.generator === 'puppet' ? ofViews : NETWORK_SHARES;
  run.report.plan({ ...shares, 'Reading pictures': 0.9, [KEEPING]: 1 });

  const { generator, size, frames, model, prompt, steps, seed } = settings;
  const asked = { generator, size, frames, model, prompt, steps, seed };
  const key = keyOf([character, poses, asked, run.order.models, engineVersion()]);
  const { clip, made } = await clipOf(run, key, async () => {
    const request = await requestOf(character, settings, run);
    await generatorNamed(settings.generator).check(request);
    return { request, poses };
  });
  const old = recordOf(run.project().document(), 'clip');
  const kept = keptRows(old, character, clip, run.report.onNotice);
  const replaced = replacedViews(character, kept, clip.cameras.length);
  const about = { madeBy: settings.generator, madeFrom: clipInputs(document), replaced };
  const record = await keepClip(clip, about, run, kept);
  return {
    diff: changeOf(run.project().document(), [record]),
    ...{ label: 'Generated clip', result: describe(record), value: { made } },
  };
};

/** The same inputs, the same text. */
const keyOf = (inputs: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify(inputs, (_, value: unknown) => (value instanceof Float32Array ? [...value] : value)))
    .digest('hex');

interface Making {
  readonly request: MakeClipRequest;
  readonly poses: PoseSequence;
}

/** The clip that an earlier run of this job made from the same, or a new one. */
async function clipOf(
  run: TaskRun,
  key: string,
  prepare: () => Promise<Making>,
): Promise<{ readonly clip: Clip; readonly made: boolean }> {
  const [folder, seal] = [workFile(run, 'clip'), workFile(run, 'clip.key')];
  const made = (await readFile(seal, 'utf8').catch(() => '')) !== key || !existsSync(folder);
  if (made) {
    await rm(seal, { force: true });
    const { request, poses } = await prepare();
    await makeClip(request, poses, folder, during(run));
    await writeFileAtomic(seal, key);
  }
  return { clip: await readClip(folder, { signal: run.signal, onProgress: run.report.onProgress }), made };
}

async function requestOf(character: CharacterRecord, settings: SettingsRecord, run: TaskRun): Promise<MakeClipRequest> {
  const { generator, size, frames } = settings;
  const files = await writeCharacterFiles(character, run);
  const views = await writeViewFiles(character, files, run);
  return {
    ...{ generator, size, ...files },
    ...(frames === null ? {} : { frames }),
    ...(views === undefined ? {} : { views }),
    ...(generator === 'charactershot' ? { network: networkOf(settings, run) } : {}),
  };
}

function networkOf({ model, prompt, steps, seed }: SettingsRecord, { order }: TaskRun): NetworkRequest {
  if (model === null) {
    throw new AppError('bad-input', 'The generator charactershot needs a model; add one under Models and choose it.');
  }
  const folder = order.models[model];
  if (folder === undefined) {
    throw new AppError('not-found', 'The chosen model is no longer in the library; choose another under Generate.');
  }
  return { model: folder, steps, seed, ...(prompt === null ? {} : { prompt }) };
}

function describe({ pictures, frames, width, height }: ClipRecord): string {
  const views = pictures.length;
  return `${views} views of ${frames} frames: ${views * frames} pictures of ${width}x${height}.`;
}
