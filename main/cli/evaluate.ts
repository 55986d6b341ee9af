import type { Command } from 'commander';
import type { Clip } from '../../core/clip.ts';
import { AppError } from '../../core/errors.ts';
import { frameTime } from '../../core/frame-time.ts';
import {
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type PictureSource,
  type Quality,
} from '../../native/evaluation/evaluate.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { SceneRenderer } from '../../native/render.ts';
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
    evaluation = await evaluateScene(scene, clip, views, session);
  } else if (a !== undefined && b !== undefined && scene === undefined && clip === undefined) {
    evaluation = await evaluateClips(a, b, views, session);
  } else {
    throw new ArgumentError('evaluate takes either --scene and --clip, or --a and --b.');
  }
  return { text: table(evaluation), json: { ...given({ scene, clip, a, b }), ...evaluation } };
}

async function evaluateScene(
  scenePath: string,
  clipPath: string,
  views: readonly number[] | undefined,
  session: Session,
): Promise<Evaluation> {
  requireInput('--scene', scenePath);
  requireInput('--clip', clipPath);
  const scene = await readSceneFile(scenePath);
  const truth = await readClip(clipPath, { background: scene.background, ...reading(session) });
  const renderer = new SceneRenderer(scene);
  try {
    return await compare(truth, clipPath, views, session, (view, frame) => {
      const camera = truth.cameras[view];
      if (!camera) throw new RangeError(`no view ${view}`);
      return renderer.render(camera, frameTime(frame, truth.frames));
    });
  } finally {
    renderer.dispose();
  }
}

async function evaluateClips(
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
  return compare(truth, pathB, views, session, (view, frame) =>
    Promise.resolve(measured.images[view]?.[frame] ?? new Uint8Array()),
  );
}

const reading = ({ signal, onProgress }: Session) => ({ signal, onProgress });

const shape = ({ cameras, frames, width, height }: Clip): string =>
  `${cameras.length} views of ${frames} frames of ${width}x${height}`;

async function compare(
  truth: Clip,
  truthPath: string,
  views: readonly number[] | undefined,
  { signal, onProgress }: Session,
  picture: PictureSource,
): Promise<Evaluation> {
  if (views) checkViews('--views', views, truth.cameras.length, truthPath);
  const options: EvaluateOptions = { signal, onProgress, ...given({ views }) };
  return evaluate(truth, picture, options);
}

const COLUMNS: readonly (readonly [keyof Quality, string, number])[] = [
  ['psnr', 'PSNR dB', 2],
  ['foregroundPsnr', 'character dB', 2],
  ['ssim', 'SSIM', 4],
  ['msSsim', 'MS-SSIM', 4],
  ['flicker', 'flicker', 3],
];

function table({ views, mean }: Evaluation): string {
  const cells = (quality: Quality): string[] =>
    COLUMNS.map(([key, title, digits]) => (quality[key]?.toFixed(digits) ?? '-').padStart(title.length));
  return [
    ['view', ...COLUMNS.map(([, title]) => title)],
    ...views.map((quality) => [String(quality.view).padStart(4), ...cells(quality)]),
    ['mean', ...cells(mean)],
  ]
    .map((row) => row.join('  '))
    .join('\n');
}
