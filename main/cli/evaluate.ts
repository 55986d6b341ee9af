import type { Command } from 'commander';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import type { SilhouetteIou, Uncovered } from '../../core/metrics/summary.ts';
import { evaluate, type EvaluateOptions, type Evaluation, type Quality } from '../../native/evaluation/evaluate.ts';
import { evaluateScene } from '../../native/evaluation/evaluate-scene.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { readSceneFile } from '../../native/scene-file.ts';
import { ArgumentError } from './argument-error.ts';
import { checkViews, viewList } from './arguments.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { given } from './given.ts';
import { requireInput } from './paths.ts';

interface Options {
  readonly scene?: string;
  readonly clip?: string;
  readonly a?: string;
  readonly b?: string;
  readonly views?: readonly number[];
}

export function evaluateCommand(command: Command): void {
  command
    .description('Measure a scene against a clip, or one clip (--a) against another that counts as the truth (--b).')
    .option('--scene <file>', 'scene (.4dgs) to measure')
    .option('--clip <path>', 'clip that counts as the truth')
    .option('--a <path>', 'clip to measure')
    .option('--b <path>', 'clip that counts as the truth')
    .option('--views <views>', 'views to compare, like 5,11; all without it', viewList('--views'));
  defineCommand(command, run);
}

async function run(options: Options, session: Session): Promise<Outcome> {
  const { scene, clip, a, b, views } = options;
  let evaluation: Evaluation;
  if (scene !== undefined && clip !== undefined && a === undefined && b === undefined) {
    evaluation = await compareScene(scene, clip, views, session);
  } else if (a !== undefined && b !== undefined && scene === undefined && clip === undefined) {
    evaluation = await compareClips(a, b, views, session);
  } else {
    throw new ArgumentError('evaluate takes either --scene and --clip, or --a and --b.');
  }
  return { text: table(evaluation), json: { ...given({ scene, clip, a, b }), ...evaluation } };
}

async function compareScene(
  scenePath: string,
  clipPath: string,
  views: readonly number[] | undefined,
  session: Session,
): Promise<Evaluation> {
  requireInput('--scene', scenePath);
  requireInput('--clip', clipPath);
  const scene = await readSceneFile(scenePath);
  const truth = await readClip(clipPath, { background: scene.background, ...reading(session) });
  return evaluateScene(scene, truth, optionsFor(truth, clipPath, views, session));
}

async function compareClips(
  pathA: string,
  pathB: string,
  views: readonly number[] | undefined,
  session: Session,
): Promise<Evaluation> {
  requireInput('--a', pathA);
  requireInput('--b', pathB);
  const measured = await readClip(pathA, reading(session));
  const truth = await readClip(pathB, reading(session));
  const [shapeA, shapeB] = [shape(measured), shape(truth)];
  if (shapeA !== shapeB) throw new AppError('bad-input', `${pathA} has ${shapeA}, but ${pathB} has ${shapeB}.`);
  const picture = (view: number, frame: number) =>
    Promise.resolve({ rgb: measured.images[view]?.[frame] ?? new Uint8Array() });
  return evaluate(truth, picture, optionsFor(truth, pathB, views, session));
}

const reading = ({ signal, onProgress }: Session) => ({ signal, onProgress });

const shape = ({ cameras, frames, width, height }: Clip): string =>
  `${cameras.length} views of ${frames} frames of ${width}x${height}`;

function optionsFor(
  truth: Clip,
  truthPath: string,
  views: readonly number[] | undefined,
  { signal, onProgress }: Session,
): EvaluateOptions {
  if (views) checkViews('--views', views, truth.cameras.length, truthPath);
  return { signal, onProgress, ...given({ views }) };
}

type Column = readonly [title: string, text: (quality: Quality) => string | undefined];

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const COLUMNS: readonly Column[] = [
  ['PSNR dB', ({ psnr }) => psnr.toFixed(2)],
  ['character dB', ({ foregroundPsnr }) => foregroundPsnr?.toFixed(2)],
  ['SSIM', ({ ssim }) => ssim.toFixed(4)],
  ['MS-SSIM', ({ msSsim }) => msSsim?.toFixed(4)],
  ['flicker', ({ flicker }) => flicker?.toFixed(3)],
  ['IoU mean', ({ silhouetteIou }) => silhouetteIou.mean.toFixed(3)],
  ['worst', ({ silhouetteIou }) => silhouetteIou.worst.toFixed(3)],
  ['uncovered', ({ uncovered }) => percent(uncovered.mean)],
  ['worst', ({ uncovered }) => percent(uncovered.worst)],
  ['over 5 %', ({ uncovered }) => String(uncovered.picturesOver5Percent)],
  ['outliers', ({ colourOutliers }) => (colourOutliers === null ? undefined : percent(colourOutliers))],
  ['detail', ({ detailRatio }) => detailRatio?.toFixed(2)],
];

function table({ frames, views, mean }: Evaluation): string {
  const rows = [
    ['view', ...COLUMNS.map(([title]) => title)],
    ...[...views.map((quality) => [String(quality.view), quality] as const), ['all', mean] as const].map(
      ([name, quality]) => [name, ...COLUMNS.map(([, text]) => text(quality) ?? '-')],
    ),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return [
    ...rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')),
    '',
    ...weakest(mean, frames),
  ].join('\n');
}

/** The pictures to look at. Frames are counted from 1, as in exports; in the JSON they are counted from 0. */
function weakest({ silhouetteIou, uncovered }: Quality, frames: number): string[] {
  const where = ({ worstView, worstFrame }: SilhouetteIou | Uncovered): string =>
    `view ${worstView}, frame ${worstFrame + 1} of ${frames}`;
  const { picturesOver5Percent, shareOver5Percent } = uncovered;
  return [
    `Silhouette IoU: 5th percentile ${silhouetteIou.p5.toFixed(3)}, worst ${silhouetteIou.worst.toFixed(3)} in ${where(silhouetteIou)}`,
    `Uncovered part of the character: worst ${percent(uncovered.worst)} in ${where(uncovered)}; ` +
      `over 5 % in ${picturesOver5Percent} pictures (${percent(shareOver5Percent)})`,
  ];
}
