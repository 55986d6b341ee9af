import { summariseIou, summariseUncovered, type PictureValue } from '../../core/metrics/summary.ts';
import type { ViewQuality } from './contract.ts';
import type { FittedPicture } from './doubts.ts';

/** One picture of a scene, measured against the clip. */
export interface MeasuredPicture extends FittedPicture {
  readonly psnr: number;
  readonly ssim: number;
  readonly iou: number;
}

/** What the pictures of some views, at least one, amount to. */
export function qualityOf(views: readonly number[], pictures: readonly MeasuredPicture[]): ViewQuality {
  const mean = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  const valuesOf = (key: 'iou' | 'uncovered'): PictureValue[] =>
    pictures.map(({ view, frame, [key]: value }) => ({ view, frame, value }));
  const uncovered = summariseUncovered(valuesOf('uncovered'));
  return {
    views,
    psnr: mean(pictures.map(({ psnr }) => psnr)),
    ssim: mean(pictures.map(({ ssim }) => ssim)),
    foregroundPsnr: mean(pictures.flatMap(({ foregroundPsnr }) => foregroundPsnr ?? [])),
    coverage: 1 - uncovered.mean,
    silhouetteIou: summariseIou(valuesOf('iou')),
    uncoveredPictures: uncovered.picturesOver5Percent,
  };
}
