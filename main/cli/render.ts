import type { Command } from 'commander';
import { resizeCamera, type Camera } from '../../core/camera.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { readCameras } from '../../core/formats/cameras.ts';
import { frameTime } from '../../core/frame-time.ts';
import { renderClip, renderVideo } from '../../native/export/clip-render.ts';
import {
  turntableSeconds,
  writeTurntablePictures,
  writeTurntableVideo,
  type TurntableOptions,
} from '../../native/export/turntable.ts';
import { readInput } from '../../native/files/read.ts';
import { readSceneFile } from '../../native/scene-file.ts';
import { ArgumentError } from './argument-error.ts';
import { decimalNumber, pictureSize, type PictureSize, wholeNumber } from './arguments.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { given } from './given.ts';
import { requireInput, requireOutputFile, requireOutputFolder } from './paths.ts';

interface Options {
  readonly scene: string;
  readonly out: string;
  readonly cameras?: string;
  readonly turntable?: true;
  readonly time?: number;
  readonly frames?: number;
  readonly size?: PictureSize;
  readonly fps?: number;
  readonly seconds?: number;
}

const TURNTABLE_SIZE = 512;
const TURNTABLE_FPS = 30;
const MAX_FRAMES = 100_000;

export function renderCommand(command: Command): void {
  command
    .description('Show a scene: from given cameras as a clip folder, or on a turntable as a video.')
    .requiredOption('--scene <file>', 'scene (.4dgs)')
    .option('--cameras <file>', 'cameras.json: every camera becomes one view')
    .option('--turntable', 'one turn around the character while it moves')
    .requiredOption('--out <path>', 'folder for pictures, or a name ending in .mp4 for a video')
    .option('--time <number>', 'one moment of the motion, from 0 to 1', decimalNumber('--time', 0, 1))
    .option('--frames <number>', "number of frames; the scene's without it", wholeNumber('--frames', 1, MAX_FRAMES))
    .option('--size <size>', 'WIDTHxHEIGHT, or the longer side, in pixels', pictureSize('--size'))
    .option('--fps <number>', "frames a second; the scene's, turntable 30", decimalNumber('--fps', 0.1, 240))
    .option('--seconds <number>', 'how long a turn takes', decimalNumber('--seconds', 0.1, 3600));
  defineCommand(command, run);
}

async function run(options: Options, session: Session): Promise<Outcome> {
  const { out, cameras } = options;
  checkCombination(options);
  requireInput('--scene', options.scene);
  if (cameras !== undefined) requireInput('--cameras', cameras);
  if (isVideo(out)) await requireOutputFile('--out', out, 'video');
  else await requireOutputFolder('--out', out, cameras === undefined ? 'pictures' : 'clip');
  const scene = await readSceneFile(options.scene);
  return cameras === undefined
    ? renderTurntable(scene, options, session)
    : renderCameras(scene, cameras, options, session);
}

const isVideo = (path: string): boolean => path.toLowerCase().endsWith('.mp4');

/** What the command line alone shows to be wrong. */
function checkCombination({ out, cameras, turntable, time, frames, seconds }: Options): void {
  if ((cameras === undefined) === (turntable === undefined)) {
    throw new ArgumentError('render takes either --cameras or --turntable.');
  }
  if (turntable && frames !== undefined && seconds !== undefined) {
    throw new ArgumentError('--frames and --seconds both say how long the turn is; give one of them.');
  }
  if (cameras !== undefined && seconds !== undefined) throw new ArgumentError('--seconds belongs to --turntable.');
  if (cameras !== undefined && time !== undefined && frames !== undefined) {
    throw new ArgumentError('--time renders one frame, so that --frames has no place beside it.');
  }
  if (cameras !== undefined && time !== undefined && isVideo(out)) {
    throw new ArgumentError('--time renders one frame, so that --out takes a folder, not a video.');
  }
}

async function renderTurntable(scene: Scene, options: Options, { signal, onProgress }: Session): Promise<Outcome> {
  const { out, size, time, fps = TURNTABLE_FPS, seconds = turntableSeconds(scene) } = options;
  const { width, height } = resolveSize(size, TURNTABLE_SIZE, TURNTABLE_SIZE);
  const frames = options.frames ?? Math.max(1, Math.round(seconds * fps));
  const turntable: TurntableOptions = { width, height, fps, frames, signal, onProgress, ...given({ time }) };
  if (isVideo(out)) await writeTurntableVideo(scene, out, turntable);
  else await writeTurntablePictures(scene, out, turntable);
  return outcome(out, `${frames} pictures of ${width}x${height}`, { frames, width, height, fps });
}

async function renderCameras(
  scene: Scene,
  file: string,
  options: Options,
  { signal, onProgress }: Session,
): Promise<Outcome> {
  const { out, size, time, fps = scene.fps } = options;
  const cameras = await readResizedCameras(file, size);
  const [first] = cameras.values();
  if (!first) throw new RangeError(`${file} has no cameras.`); // the reader has made sure that it has
  if (isVideo(out) && cameras.size > 1) {
    throw new ArgumentError(`--out takes a folder for the ${cameras.size} cameras of ${file}; a video shows one.`);
  }
  const frames = time === undefined ? (options.frames ?? scene.frames) : 1;
  const times = time === undefined ? Array.from({ length: frames }, (_, f) => frameTime(f, frames)) : [time];
  if (isVideo(out)) await renderVideo(scene, out, first, { times, fps, signal, onProgress });
  else await renderClip(scene, out, cameras, { times, fps, signal, onProgress });
  const { width, height } = first;
  const facts = { views: cameras.size, frames, width, height, fps };
  return outcome(out, `${cameras.size} views, ${frames} frames of ${width}x${height}`, facts);
}

async function readResizedCameras(file: string, size: PictureSize | undefined): Promise<ReadonlyMap<number, Camera>> {
  const cameras = new Map<number, Camera>();
  for (const [view, camera] of readCameras(await readInput(file), file)) {
    const { width, height } = resolveSize(size, camera.width, camera.height);
    cameras.set(view, resizeCamera(camera, width, height));
  }
  return cameras;
}

/** The size asked for, where one number is the longer side; the given one without it. */
function resolveSize(
  size: PictureSize | undefined,
  width: number,
  height: number,
): { readonly width: number; readonly height: number } {
  if (!size) return { width, height };
  if ('width' in size) return size;
  const scale = size.longerSide / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

const outcome = (out: string, text: string, facts: object): Outcome => ({
  text: `${out}: ${text}`,
  json: { out, ...facts },
});
