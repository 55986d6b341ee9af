import type { Command } from 'commander';
import type { Camera } from '../../core/camera.ts';
import { readCameras } from '../../core/formats/cameras.ts';
import { writePoses } from '../../core/formats/poses.ts';
import { sequenceFacts } from '../../core/poses/sequence-facts.ts';
import { writeFileAtomic } from '../../native/files/atomic.ts';
import { readInput } from '../../native/files/read.ts';
import { builtInMotions } from '../../native/poses/built-in-motions.ts';
import { writeOpenPoseFolder } from '../../native/poses/pose-files.ts';
import { readPoses, type PoseSource } from '../../native/pipeline/pose-source.ts';
import { writeSkeletonPictures } from '../../native/pipeline/write-skeleton-pictures.ts';
import { ArgumentError } from './argument-error.ts';
import { choice, decimalNumber, wholeNumber } from './arguments.ts';
import { counted } from './counted.ts';
import { defineCommand, type Outcome, type Session } from './command.ts';
import { given } from './given.ts';
import { requireInput, requireOutputFile, requireOutputFolder } from './paths.ts';

const FORMATS = ['poses', 'openpose'] as const;
const QUALITIES = ['best', 'fast'] as const;
const MAX_FRAMES = 10_000;

interface Options {
  readonly video?: string;
  readonly bvh?: string;
  readonly images?: string;
  /** The path of --json. */
  readonly keypoints?: string;
  readonly motion?: string;
  readonly out: string;
  readonly format: (typeof FORMATS)[number];
  readonly fps?: number;
  readonly frames?: number;
  readonly camera?: string;
  readonly view?: number;
  readonly quality?: (typeof QUALITIES)[number];
  readonly dwpose?: string;
  readonly drawing?: string;
}

export function posesCommand(command: Command): void {
  command
    .description('Make a pose sequence from a video, a motion, pictures or keypoints.')
    .option('--video <file>', 'video of a person, or of a drawn skeleton')
    .option('--bvh <file>', 'motion file: BVH, glTF, GLB, VRM or VRMA')
    .option(
      '--images <path>',
      'pictures of a person, or of a drawn skeleton, in the order of their numbers; or one picture',
    )
    .option('--json [path]', 'keypoints: poses.json, OpenPose (file or folder), COCO; --json alone or too prints JSON')
    .option('--motion <name>', `built-in motion: ${builtInMotions().join(', ')}`)
    .requiredOption('--out <path>', 'poses.json to write, or a folder with --format openpose')
    .option('--format <name>', FORMATS.join(' or '), choice('--format', FORMATS), 'poses')
    .option('--fps <number>', 'poses a second; of a video at most its own', decimalNumber('--fps', 0.1, 240))
    .option('--frames <number>', 'this many poses, spread evenly', wholeNumber('--frames', 1, MAX_FRAMES))
    .option('--camera <file>', 'cameras.json to see a --bvh motion with, from the front without it')
    .option('--view <number>', 'which of those cameras; 0 without it', wholeNumber('--view', 0, 1_000_000))
    .option('--quality <name>', `of finding people: ${QUALITIES.join(' or ')}`, choice('--quality', QUALITIES))
    .option('--dwpose <folder>', 'find people with DWPose: folder of yolox_l.onnx and dw-ll_ucoco_384.onnx')
    .option('--drawing <folder>', 'also draw the poses, as generators see them');
  // The same flag names a source here and asks for JSON everywhere: it may be given once for each.
  command.on('option:json', (path: string | null) => {
    if (path !== null) command.setOptionValue('keypoints', path);
  });
  defineCommand(command, run);
}

async function run(options: Options, { signal, onProgress, warn }: Session): Promise<Outcome> {
  const { out, format, drawing } = options;
  const source = await sourceOf(options);
  if (format === 'poses') await requireOutputFile('--out', out, 'poses');
  else await requireOutputFolder('--out', out, 'openpose');
  if (drawing !== undefined) await requireOutputFolder('--drawing', drawing, 'pictures');

  const warnings: string[] = [];
  const onWarning = (message: string): void => {
    warnings.push(message);
    warn(message);
  };
  const { fps, frames, quality, dwpose } = options;
  const detector = given({ quality, dwpose });
  const poses = await readPoses(source, { ...given({ fps, frames }), detector, signal, onProgress, onWarning });
  signal.throwIfAborted();
  if (format === 'poses') await writeFileAtomic(out, writePoses(poses));
  else await writeOpenPoseFolder(poses, out);
  if (drawing !== undefined) await writeSkeletonPictures(poses, drawing, { signal, onProgress });

  const { skeleton, width, height } = poses;
  const { meanConfidence, framesWithoutPerson } = sequenceFacts(poses);
  const rate = Number(poses.fps.toFixed(2));
  const confidence = `mean confidence ${meanConfidence.toFixed(2)}`;
  return {
    text: `${out}: ${counted(poses.frames.length, 'pose')} at ${rate} a second, ${skeleton}, ${width}x${height}, ${confidence}`,
    json: {
      ...{ out, source: source.type, frames: poses.frames.length, fps: poses.fps, skeleton, width, height },
      ...{ meanConfidence, framesWithoutPerson, warnings, ...given({ drawing }) },
    },
  };
}

/** The one source that was named. Throws an `ArgumentError` where there is none or more, or an option does not belong to it. */
async function sourceOf(options: Options): Promise<PoseSource> {
  const { video, bvh, images, keypoints, motion, camera, view, quality, dwpose } = options;
  const sources = Object.values(given({ video, bvh, images, keypoints, motion }));
  if (sources.length !== 1) {
    throw new ArgumentError('poses takes one of --video, --bvh, --images, --json PATH and --motion.');
  }
  if (bvh === undefined && camera !== undefined) throw new ArgumentError('--camera belongs to --bvh.');
  if (camera === undefined && view !== undefined) throw new ArgumentError('--view belongs to --camera.');
  if (video === undefined && images === undefined && (quality ?? dwpose) !== undefined) {
    throw new ArgumentError('--quality and --dwpose belong to --video and --images.');
  }
  if (quality !== undefined && dwpose !== undefined) throw new ArgumentError('--dwpose has one quality.');
  if (dwpose !== undefined) requireInput('--dwpose', dwpose);
  if (motion !== undefined) return builtIn(motion);
  if (video !== undefined) return { type: 'video', path: existing('--video', video) };
  if (images !== undefined) return { type: 'pictures', path: existing('--images', images) };
  if (bvh === undefined) return { type: 'keypoints', path: existing('--json', keypoints ?? '') };
  const path = existing('--bvh', bvh);
  return camera === undefined
    ? { type: 'motion', path }
    : { type: 'motion', path, camera: await readCamera(existing('--camera', camera), view ?? 0) };
}

function existing(flag: string, path: string): string {
  requireInput(flag, path);
  return path;
}

function builtIn(name: string): PoseSource {
  const names = builtInMotions();
  if (!names.includes(name)) throw new ArgumentError(`--motion takes one of ${names.join(', ')}, not "${name}".`);
  return { type: 'built-in', name };
}

async function readCamera(path: string, view: number): Promise<Camera> {
  const cameras = readCameras(await readInput(path), path);
  const camera = cameras.get(view);
  if (camera) return camera;
  throw new ArgumentError(`--view names view ${view}, but ${path} has ${[...cameras.keys()].join(', ')}.`);
}
