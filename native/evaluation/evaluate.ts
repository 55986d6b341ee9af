import type { Clip } from '../../core/clip.ts';
import { colourOutlierShare } from '../../core/metrics/colour-outliers.ts';
import { detailRatio } from '../../core/metrics/detail.ts';
import { temporalFlicker } from '../../core/metrics/flicker.ts';
import { foregroundMask, maskedPsnr } from '../../core/metrics/foreground.ts';
import { rgbPicture, type Picture } from '../../core/metrics/picture.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import { coveredMask, silhouetteIou, uncoveredShare } from '../../core/metrics/silhouette.ts';
import { msSsim, ssim } from '../../core/metrics/ssim.ts';
import { type SilhouetteIou, summariseIou, summariseUncovered, type Uncovered } from '../../core/metrics/summary.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';

/** Numbers of a picture, or means over pictures; null where a measure does not exist. The measures themselves: core/metrics. */
interface Means {
  /** dB over whole pictures. */
  readonly psnr: number;
  readonly ssim: number;
  /** Null for pictures smaller than the window. */
  readonly msSsim: number | null;
  /** dB over the character's pixels; null where there is no character. */
  readonly foregroundPsnr: number | null;
  /** 8-bit levels a frame; null for a single frame. */
  readonly flicker: number | null;
  /** Share of the character's pixels whose colour is wrong, 0..1; null where there is no character. */
  readonly colourOutliers: number | null;
  /** Mean gradient inside the silhouettes, ours over the truth's; null where the truth has none. */
  readonly detailRatio: number | null;
}

/** What all pictures of a view, or of all views, come to. */
export interface Quality extends Means {
  readonly silhouetteIou: SilhouetteIou;
  readonly uncovered: Uncovered;
}

export interface ViewEvaluation extends Quality {
  readonly view: number;
}

export interface Evaluation {
  readonly frames: number;
  readonly views: readonly ViewEvaluation[];
  /** Over the pictures of all views. */
  readonly mean: Quality;
}

export interface EvaluateOptions {
  /** All views of `truth` without it. */
  readonly views?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface MeasuredPicture {
  /** 8-bit, of the true clip's size. */
  readonly rgb: Uint8Array;
  /** 8-bit opacity, height x width, where it is known: it tells a part in the background's colour from nothing. */
  readonly alpha?: Uint8Array;
}

/** The picture to be measured. */
export type PictureSource = (view: number, frame: number) => Promise<MeasuredPicture>;

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
    const series = views.map((view) => ({ view, pictures: [] as Measures[], last: undefined as Compared | undefined }));
    let done = 0;
    for (let frame = 0; frame < truth.frames; frame++) {
      for (const one of series) {
        signal?.throwIfAborted();
        const current = compare(truth, one.view, frame, await picture(one.view, frame));
        one.pictures.push(measure(current, one.last));
        one.last = current;
        tick(++done);
        // Pictures of a clip in memory are there at once: the event loop has to get its turn.
        await new Promise(setImmediate);
      }
    }
    return {
      frames: truth.frames,
      views: series.map(({ view, pictures }) => ({ view, ...qualityOf(pictures) })),
      mean: qualityOf(series.flatMap(({ pictures }) => pictures)),
    };
  });
}

interface Compared {
  readonly view: number;
  readonly frame: number;
  readonly rendered: Picture;
  readonly truth: Picture;
  /** Masks, [height, width]: the true character, the rendered one, and what covers the background. */
  readonly mask: Uint8Array;
  readonly renderedMask: Uint8Array;
  readonly covered: Uint8Array;
}

function compare(clip: Clip, view: number, frame: number, { rgb, alpha }: MeasuredPicture): Compared {
  const { width, height, background } = clip;
  const truth = rgbPicture(clip.images[view]?.[frame] ?? new Uint8Array(), width, height);
  const rendered = rgbPicture(rgb, width, height);
  const [mask, renderedMask] = [foregroundMask(truth, background), foregroundMask(rendered, background)];
  return { view, frame, rendered, truth, mask, renderedMask, covered: coveredMask(rendered, background, alpha) };
}

/** What is measured of one picture. */
interface Measures extends Means {
  readonly view: number;
  readonly frame: number;
  readonly silhouetteIou: number;
  readonly uncovered: number;
}

function measure(current: Compared, previous: Compared | undefined): Measures {
  const { view, frame, rendered, truth, mask, renderedMask, covered } = current;
  const flicker =
    previous &&
    temporalFlicker({
      rendered: [previous.rendered, rendered],
      truth: [previous.truth, truth],
      masks: [previous.mask, mask],
    });
  return {
    ...{ view, frame, silhouetteIou: silhouetteIou(renderedMask, mask), uncovered: uncoveredShare(mask, covered) },
    psnr: psnr(rendered, truth),
    ssim: ssim(rendered, truth),
    msSsim: msSsim(rendered, truth) ?? null,
    foregroundPsnr: maskedPsnr(rendered, truth, mask) ?? null,
    flicker: flicker ?? null,
    colourOutliers: colourOutlierShare(rendered, truth, mask) ?? null,
    detailRatio: detailRatio([rendered, truth], [renderedMask, mask]) ?? null,
  };
}

function qualityOf(pictures: readonly Measures[]): Quality {
  const mean = (key: keyof Means): number | null => {
    const values = pictures.map((picture) => picture[key]).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((a, b) => a + b) / values.length;
  };
  return {
    psnr: mean('psnr') ?? 0,
    ssim: mean('ssim') ?? 0,
    msSsim: mean('msSsim'),
    foregroundPsnr: mean('foregroundPsnr'),
    flicker: mean('flicker'),
    colourOutliers: mean('colourOutliers'),
    detailRatio: mean('detailRatio'),
    silhouetteIou: summariseIou(pictures.map(({ silhouetteIou: value, ...where }) => ({ ...where, value }))),
    uncovered: summariseUncovered(pictures.map(({ uncovered: value, ...where }) => ({ ...where, value }))),
  };
}
