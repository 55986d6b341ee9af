import { rm } from 'node:fs/promises';
import type { Clip } from '../../../core/clip.ts';
import { recordOf, type ClipRecord, type SceneRecord, type SettingsRecord } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { writeScene } from '../../../core/formats/scene.ts';
import { frameQuality } from '../../../native/evaluation/frame-quality.ts';
import { writeSceneFile } from '../../../native/scene-file.ts';
import type { OptimizeOptions, OptimizeResult } from '../../../native/training/contract.ts';
import { optimize } from '../../../native/training/optimize.ts';
import { trainingProgress } from '../../../native/training/training-progress.ts';
import { LOADING, readClipAssets } from '../clip-records.ts';
import { changeOf } from '../project.ts';
import { during, workFile, type TaskFunction, type TaskRun } from '../task-run.ts';
import { TrainingCurve } from './training-curve.ts';

/**
 * Live views want a snapshot a second, also on a machine that is busy with other things; of the preset paper, whose scenes are ten
 * times as large, fewer.
 */
const SNAPSHOT_SECONDS = { draft: 0.4, standard: 0.4, paper: 0.7 } as const;

/** Fits a 4D scene to the clip. Stopped or killed, it goes on from its checkpoint in the job's folder. */
export const optimiseScene: TaskFunction = async (run) => {
  run.report.plan({ [LOADING]: 0.02, Optimising: 0.96, Measuring: 1 });
  const document = run.project().document();
  const record = recordOf(document, 'clip');
  const settings = recordOf(document, 'settings');
  if (!record || !settings) throw new AppError('bad-input', 'There is no clip yet; generate or import one first.');
  const clip = await readClipAssets(record, run);
  const curve = await TrainingCurve.open(workFile(run, 'curve.json'));
  const { scene, report } = await fitted(clip, optionsOf(settings, record), curve, run);

  const file = workFile(run, 'scene.4dgs');
  await writeSceneFile(file, scene);
  const frames = await frameQuality(scene, clip, during(run));
  const result: SceneRecord = {
    ...{ id: 'scene', type: 'scene', asset: await run.project().addAssetFile(file, run.signal) },
    ...{ gaussians: report.gaussians, frames: scene.frames, fps: scene.fps, iterations: report.iterations },
    ...{ seconds: report.seconds, preset: settings.preset, psnr: report.training.psnr, ssim: report.training.ssim },
    ...{ framePsnr: frames.psnr, frameUncovered: frames.uncovered, curve: curve.points() },
    madeAt: new Date().toISOString(),
  };
  return {
    diff: changeOf(run.project().document(), [result]),
    label: 'Optimised scene',
    result: describe(report),
  };
};

type Fit = Pick<OptimizeOptions, 'preset' | 'seed' | 'holdout' | 'iterations'>;

function optionsOf({ preset, seed, holdout, iterations }: SettingsRecord, { pictures }: ClipRecord): Fit {
  const views = holdout.filter((view) => view < pictures.length);
  if (views.length === pictures.length) {
    throw new AppError('bad-input', 'All views are held out; leave at least one to learn from.');
  }
  return { preset, seed, holdout: views, ...(iterations === null ? {} : { iterations }) };
}

async function fitted(clip: Clip, fit: Fit, curve: TrainingCurve, run: TaskRun): Promise<OptimizeResult> {
  const { report, signal, order } = run;
  const checkpoint = workFile(run, 'optimise.checkpoint');
  const progress = trainingProgress(report.onProgress, report.onWarning);
  report.curve(curve.points());
  const options: OptimizeOptions = {
    ...fit,
    ...(order.threads === null ? {} : { threads: order.threads }),
    ...{ checkpoint, resume: true, signal, snapshotSeconds: SNAPSHOT_SECONDS[fit.preset] },
    onEvent: (event) => {
      progress.onEvent(event);
      if (event.type === 'progress') {
        const { iteration, loss, psnr } = event;
        if (curve.add([iteration, loss, psnr])) report.curve([[iteration, loss, psnr]]);
      } else if (event.type === 'checkpoint') void curve.save();
      else if (event.type === 'snapshot') report.snapshot(event.iteration, () => writeScene(event.scene));
    },
  };
  try {
    const result = await optimize(clip, options).catch(async (error: unknown) => {
      if (!isForeignCheckpoint(error, checkpoint)) throw error;
      // The clip or the settings are others than when the job was stopped.
      report.onNotice('The clip or the settings have changed since the job was stopped; it begins again.');
      await rm(checkpoint, { recursive: true, force: true });
      curve.clear();
      return optimize(clip, options);
    });
    progress.end('end');
    return result;
  } catch (error) {
    progress.end('failed');
    await curve.save();
    throw error;
  }
}

/** Whether the checkpoint is of something else, or damaged: the optimisation refuses it by its name. */
const isForeignCheckpoint = (error: unknown, checkpoint: string): boolean =>
  error instanceof AppError && error.code === 'bad-input' && error.message.startsWith(checkpoint);

function describe({ gaussians, iterations, training, holdout }: OptimizeResult['report']): string {
  const held = holdout ? `, ${holdout.psnr.toFixed(1)} dB on held-out views` : '';
  return `${gaussians} Gaussians after ${iterations} iterations, PSNR ${training.psnr.toFixed(1)} dB${held}.`;
}
