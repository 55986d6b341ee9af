import type { Clip } from '../../core/clip.ts';
import { temporalFlicker } from '../../core/metrics/flicker.ts';
import { foregroundMask, maskedPsnr } from '../../core/metrics/foreground.ts';
import { rgbPicture, type Picture } from '../../core/metrics/picture.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import { msSsim, ssim } from '../../core/metrics/ssim.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';

/** Means over pictures; null where a measure does not exist. The measures themselves: core/metrics. */
export interface Quality {
  /** dB over whole pictures. */
  readonly psnr: number;
  readonly ssim: number;
  /** Null for pictures smaller than the window. */
  readonly msSsim: number | null;
  /** dB over the character's pixels; null where there is no character. */
  readonly foregroundPsnr: number | null;
  /** 8-bit levels a frame; null for a single frame. */
  readonly flicker: number | null;
}

export interface ViewEvaluation extends Quality {
  readonly view: number;
}

export interface Evaluation {
  readonly frames: number;
  readonly views: readonly ViewEvaluation[];
  /** Means over the views. */
  readonly mean: Quality;
}

export interface EvaluateOptions {
  /** All views of `truth` without it. */
  readonly views?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** The picture to be measured: 8-bit RGB of the true clip's size. */
export type PictureSource = (view: number, frame: number) => Promise<Uint8Array>;

/**
 * Compares pictures with those of a clip at all its frames. Pictures are asked for frame by frame, all views of one after
 * the other: a scene is moved once a frame. Throws when aborted.
 */
export async function evaluate(
  truth: Clip,
  picture: PictureSource,
  { views = truth.cameras.map((_, view) => view), signal, onProgress }: EvaluateOptions = {},
): Promise<Evaluation> {
  const begin = { task: 'Measuring', total: views.length * truth.frames, unit: 'pictures' };
  return asTask(onProgress, begin, async (tick) => {
    const series = views.map((view) => ({ view, frames: [] as Quality[], last: undefined as Measured | undefined }));
    let done = 0;
    for (let frame = 0; frame < truth.frames; frame++) {
      for (const one of series) {
        signal?.throwIfAborted();
        const current = compare(truth, one.view, frame, await picture(one.view, frame));
        one.frames.push(measure(current, one.last));
        one.last = current;
        tick(++done);
        // Pictures of a clip in memory are there at once: the event loop has to get its turn.
        await new Promise(setImmediate);
      }
    }
    const evaluations = series.map(({ view, frames }) => ({ view, ...meanQuality(frames) }));
    return { frames: truth.frames, views: evaluations, mean: meanQuality(evaluations) };
  });
}

interface Measured {
  readonly rendered: Picture;
  readonly truth: Picture;
  readonly mask: Uint8Array;
}

function compare(clip: Clip, view: number, frame: number, rgb: Uint8Array): Measured {
  const truth = rgbPicture(clip.images[view]?.[frame] ?? new Uint8Array(), clip.width, clip.height);
  const rendered = rgbPicture(rgb, clip.width, clip.height);
  return { rendered, truth, mask: foregroundMask(truth, clip.background) };
}

function measure({ rendered, truth, mask }: Measured, previous: Measured | undefined): Quality {
  const flicker =
    previous &&
    temporalFlicker({
      rendered: [previous.rendered, rendered],
      truth: [previous.truth, truth],
      masks: [previous.mask, mask],
    });
  return {
    psnr: psnr(rendered, truth),
    ssim: ssim(rendered, truth),
    msSsim: msSsim(rendered, truth) ?? null,
    foregroundPsnr: maskedPsnr(rendered, truth, mask) ?? null,
    flicker: flicker ?? null,
  };
}

function meanQuality(qualities: readonly Quality[]): Quality {
  const mean = (key: keyof Quality): number | null => {
    const values = qualities.map((quality) => quality[key]).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((a, b) => a + b) / values.length;
  };
  return {
    psnr: mean('psnr') ?? 0,
    ssim: mean('ssim') ?? 0,
    msSsim: mean('msSsim'),
    foregroundPsnr: mean('foregroundPsnr'),
    flicker: mean('flicker'),
  };
}
