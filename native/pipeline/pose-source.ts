import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Camera } from '../../core/camera.ts';
import { AppError } from '../../core/errors.ts';
import { isBvh } from '../../core/formats/bvh.ts';
import { hasAnyone } from '../../core/poses/has-anyone.ts';
import { frameMotion, projectMotion } from '../../core/poses/project-motion.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { resamplePoses, type ResampleOptions } from '../../core/poses/resample.ts';
import { sequenceFacts } from '../../core/poses/sequence-facts.ts';
import type { OnProgress } from '../../core/progress.ts';
import { ringCameras } from '../../core/ring.ts';
import { decodeVideo } from '../media/decode-video.ts';
import { composite } from '../media/picture-tasks.ts';
import { readPicture } from '../media/read-picture.ts';
import { readHead } from '../files/read.ts';
import { builtInMotions, readBuiltInMotion } from '../poses/built-in-motions.ts';
import { createDetector, type DetectorOptions, type PoseDetector } from '../poses/detect/detector.ts';
import { detectInPictures, detectInVideo } from '../poses/detect/sequence.ts';
import { isGlb } from '../poses/gltf-motion-file.ts';
import { readMotionFile, readPoseFile } from '../poses/pose-files.ts';
import { readSkeletonPictures, readSkeletonVideo } from '../poses/skeleton-pictures.ts';
import { pictureKind, type PictureKind } from './picture-kind.ts';
import { watchedDetector } from './watched-detector.ts';

/** Where poses come from. */
export type PoseSource =
  /** A video of a person, or of a drawn skeleton. */
  | { readonly type: 'video'; readonly path: string }
  /** A folder of pictures of a person, or of drawn skeletons; or one picture of a person. */
  | { readonly type: 'pictures'; readonly path: string }
  /** BVH, glTF, VRM: seen by a camera, view 0 of the ring without one. */
  | { readonly type: 'motion'; readonly path: string; readonly camera?: Camera }
  /** poses.json, OpenPose or COCO keypoints. */
  | { readonly type: 'keypoints'; readonly path: string }
  | { readonly type: 'built-in'; readonly name: string };

export interface ReadPosesOptions extends ResampleOptions {
  readonly detector?: DetectorOptions;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Told, one sentence each, about what was guessed or looks wrong. */
  readonly onWarning?: (message: string) => void;
}

/** Rate of pictures that follow one another, unless stated. */
const PICTURES_FPS = 12;
/** Frame of a motion that no camera was given for, in pixels; the built-in motions have the same. */
const MOTION_FRAME = 480;
/** So many pictures are looked at, evenly spread, to tell drawings from photographs. */
const LOOKED_AT = 24;
/** A pose video may begin black; this many frames are waited for a figure. */
const FIRST_FRAMES = 48;
/** Below this a detection is of a picture that the networks do not know. */
const TRUSTED = 0.5;
const PICTURE = /^[^.].*\.(?:png|jpe?g|webp|gif|tiff?|avif)$/i;

const nameOf = (source: PoseSource): string => (source.type === 'built-in' ? source.name : source.path);

/**
 * Reads or finds the poses of a source, in the number and rate of frames asked for (see `resamplePoses`; pictures and keypoint
 * files that state no rate take it from `fps`). Throws an `AppError` that names the source, also when it shows nobody.
 */
export async function readPoses(source: PoseSource, options: ReadPosesOptions = {}): Promise<PoseSequence> {
  const poses = await readAsTheyAre(source, options);
  if (!hasAnyone(poses)) {
    const name = nameOf(source);
    throw new AppError('bad-input', `${name} shows nobody: all its keypoints are unknown; choose other poses.`);
  }
  const { framesWithoutPerson } = sequenceFacts(poses);
  if (framesWithoutPerson.length > 0) {
    const part = `${framesWithoutPerson.length} of the ${poses.frames.length} frames`;
    options.onWarning?.(`${nameOf(source)} shows nobody in ${part}; what happens there is guessed from the others.`);
  }
  return resamplePoses(
    poses,
    rateOf(source.type === 'video' ? { ...options, fps: options.fps && Math.min(options.fps, poses.fps) } : options),
  );
}

/** Only what was asked for, which `resamplePoses` wants. */
const rateOf = ({
  frames,
  fps,
}: {
  readonly frames?: number | undefined;
  readonly fps?: number | undefined;
}): ResampleOptions => ({
  ...(frames === undefined ? {} : { frames }),
  ...(fps === undefined ? {} : { fps }),
});

/** More of a video's frames tell nothing more about a clip of some 25. */
const CLIP_VIDEO_FPS = 15;

/** The poses that a clip is made from: as `readPoses` has them, of a video no more than the clip can use. */
export const readPosesForClip = (source: PoseSource, options: ReadPosesOptions = {}): Promise<PoseSequence> =>
  readPoses(source, source.type === 'video' ? { ...options, fps: CLIP_VIDEO_FPS } : options);

/**
 * The source that a user means by a path or the name of a built-in motion; a path comes first. Throws an `AppError` for what is
 * neither.
 */
export async function namedPoseSource(text: string): Promise<PoseSource> {
  if (!existsSync(text)) {
    const names = builtInMotions();
    if (names.includes(text)) return { type: 'built-in', name: text };
    throw new AppError('not-found', `${text} is no file, no folder and no built-in motion (${names.join(', ')}).`);
  }
  if ((await stat(text)).isDirectory()) {
    const names = await readdir(text);
    const hasJson = names.some((name) => /^[^.].*\.json$/i.test(name));
    return { type: hasJson || !names.some((name) => PICTURE.test(name)) ? 'keypoints' : 'pictures', path: text };
  }
  const head = await readHead(text);
  if (isVideo(text, head)) return { type: 'video', path: text };
  const isMotion = isBvh(head) || isGlb(head) || /\.(?:bvh|gltf|glb|vrma?)$/i.test(text);
  return { type: isMotion ? 'motion' : 'keypoints', path: text };
}

/** By its name, or by what MP4 and its relatives begin with. */
const isVideo = (path: string, head: Buffer): boolean =>
  /\.(?:mp4|m4v|mov|webm|mkv|avi)$/i.test(path) || head.subarray(4, 8).toString('latin1') === 'ftyp';

/** The folder of a source whose pictures are drawn skeletons: networks that are conditioned on such pictures take them as they are. */
export async function drawnSkeletons(source: PoseSource): Promise<string | undefined> {
  if (source.type !== 'pictures' || (await stat(source.path)).isFile()) return undefined;
  return (await picturesKind(await listPictures(source.path))) === 'drawing' ? source.path : undefined;
}

async function readAsTheyAre(source: PoseSource, options: ReadPosesOptions): Promise<PoseSequence> {
  const { fps } = options;
  switch (source.type) {
    case 'built-in':
      return readBuiltInMotion(source.name);
    case 'keypoints':
      return readPoseFile(source.path, fps === undefined ? {} : { fps });
    case 'motion': {
      const camera = source.camera ?? ringCameras(MOTION_FRAME)[0];
      if (!camera) throw new RangeError('The ring has no cameras.');
      const motion = frameMotion(await readMotionFile(source.path), { camera });
      // Resampled in space: between two projections a limb that swings past the camera would shrink.
      return projectMotion(motion, camera, { skeleton: 'coco-wholebody133', ...rateOf(options) });
    }
    case 'video':
      return readVideo(source.path, options);
    case 'pictures':
      return readPictures(source.path, options);
  }
}

async function readVideo(path: string, options: ReadPosesOptions): Promise<PoseSequence> {
  if ((await videoKind(path, options.signal)) === 'drawing') return readSkeletonVideo(path, during(options));
  const { fps } = options;
  return detectWith(path, options, (detector) =>
    detectInVideo(path, detector, { ...during(options), ...(fps === undefined ? {} : { fps }) }),
  );
}

async function readPictures(folder: string, options: ReadPosesOptions): Promise<PoseSequence> {
  const { fps = PICTURES_FPS } = options;
  const files = (await stat(folder)).isFile() ? [folder] : await listPictures(folder);
  if ((await picturesKind(files)) === 'drawing') return readSkeletonPictures(folder, { ...during(options), fps });
  return detectWith(folder, options, (detector) => detectInPictures(files, detector, { ...during(options), fps }));
}

const during = ({ signal, onProgress }: ReadPosesOptions) => ({
  ...(signal ? { signal } : {}),
  ...(onProgress ? { onProgress } : {}),
});

/** Opens the detector for `detect`, and says what it came across. */
async function detectWith(
  name: string,
  { detector: wanted, onWarning }: ReadPosesOptions,
  detect: (detector: PoseDetector) => Promise<PoseSequence>,
): Promise<PoseSequence> {
  const { detector, sightings } = watchedDetector(await createDetector(wanted));
  try {
    const poses = await detect(detector);
    const { people, agreement } = sightings();
    if (people > 1) onWarning?.(`${name} shows ${people} people; the most prominent one is followed.`);
    if (agreement < TRUSTED) {
      const trust = `${Math.round(agreement * 100)}%`;
      onWarning?.(`The joints found in ${name} are unsure (${trust}); look at them, and correct them where needed.`);
    }
    return poses;
  } finally {
    await detector.dispose();
  }
}

async function listPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('not-found', `${folder} is no folder that can be read; check its path.`, cause);
  });
  const files = names.filter((name) => PICTURE.test(name));
  if (files.length === 0) {
    throw new AppError('not-found', `${folder} holds no pictures; choose a folder of PNG, JPEG or WebP files.`);
  }
  files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return files.map((name) => join(folder, name));
}

/** What the pictures of a folder are; throws when some are drawings and some are not. */
async function picturesKind(files: readonly string[]): Promise<PictureKind> {
  const step = Math.max(1, files.length / LOOKED_AT);
  const seen = new Map<PictureKind, string>();
  for (let i = 0; i < files.length; i += step) {
    const file = files[Math.floor(i)] ?? '';
    const kind = pictureKind(composite(await readPicture(file), [0, 0, 0]));
    if (!seen.has(kind)) seen.set(kind, file);
  }
  const [drawing, photograph] = [seen.get('drawing'), seen.get('photograph')];
  if (drawing !== undefined && photograph !== undefined) {
    const both = `${drawing} is a drawn skeleton and ${photograph} is none`;
    throw new AppError('bad-input', `${both}; give a folder of one kind of pictures.`);
  }
  return drawing === undefined ? 'photograph' : 'drawing';
}

async function videoKind(path: string, signal: AbortSignal | undefined): Promise<PictureKind> {
  const { width, height, frames } = await decodeVideo(path, signal ? { signal } : {});
  let left = FIRST_FRAMES;
  for await (const rgb of frames) {
    const kind = pictureKind({ width, height, rgb });
    if (kind !== 'blank') return kind;
    if (--left === 0) break;
  }
  return 'photograph';
}
