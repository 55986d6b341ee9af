import { join } from 'node:path';
import type { Size } from '../../../core/poses/draw/draw-skeleton.ts';
import { fitPoses } from '../../../core/poses/fit-poses.ts';
import type { Pose, PoseSequence } from '../../../core/poses/pose-sequence.ts';
import type { GenerateOptions, GenerateRequest } from '../../generate/contract.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { composite, type RgbPicture } from '../../media/picture-tasks.ts';
import { readPicture } from '../../media/read-picture.ts';
import { listSkeletonPictures } from '../../poses/skeleton-pictures.ts';
import { characterOf, readRestPose } from '../../puppet/load-character.ts';
import { makeRestingPuppet } from '../../puppet/make-puppet.ts';
import { renderRing } from '../../puppet/render-ring.ts';
import { listViewPictures, onWhite } from '../../puppet/views/read-views.ts';
import { BLACK, placeOn, toCanvas, WHITE } from '../pipeline/canvas.ts';
import { drawPoses, fillFrames, VIDEO_FRAMES } from '../pipeline/pose-video.ts';

/** What the networks make a clip from, all on their canvas. */
export interface NetworkInput {
  /** One picture a view of the character at rest, on white; of the 2D model the one picture. */
  readonly views: readonly RgbPicture[];
  /** The drawn skeleton of view 0. */
  readonly referencePose: RgbPicture;
  /** The drawn skeletons of the clip's frames, exactly as many as the networks make. */
  readonly poses: readonly RgbPicture[];
  /** How many of the frames the clip keeps: the poses may be fewer. */
  readonly frames: number;
  readonly fps: number;
}

/** The published example is this near to white, and the networks were given it so. */
const NEARLY_WHITE = 16;

/**
 * Reads, makes and draws what the networks are conditioned on. View pictures are laid on white, the poses over view 0 of the
 * character (see `fitPoses`), unless they are drawn skeletons, which are taken as they are. Throws an `AppError` that says
 * what is missing.
 */
export async function networkInput(
  request: GenerateRequest,
  kind: '4d' | '2d',
  canvas: Size,
  options: GenerateOptions = {},
): Promise<NetworkInput> {
  const views = kind === '2d' ? [await pictureOf(request.image, canvas)] : await viewsOf(request, canvas, options);
  options.signal?.throwIfAborted();
  const [front] = views;
  if (!front) throw new RangeError('There is no view 0.');
  const rest = await restPoseOf(request, front, canvas, options);
  const [referencePose] = drawPoses(only(rest, canvas), canvas, 'bilinear');
  if (!referencePose) throw new RangeError('There is no reference pose.');
  const { poses, fps } = await posesOf(request, rest, canvas, options);
  return {
    ...{ views, referencePose, fps, frames: Math.min(poses.length, VIDEO_FRAMES) },
    poses: fillFrames(poses, VIDEO_FRAMES, options.onWarning),
  };
}

const pictureOf = async (path: string, canvas: Size): Promise<RgbPicture> =>
  toCanvas(
    await onWhite(await readPicture(path, { maxSide: 2 * Math.max(canvas.width, canvas.height) }), NEARLY_WHITE),
    canvas,
    WHITE,
  );

async function viewsOf(request: GenerateRequest, canvas: Size, options: GenerateOptions): Promise<RgbPicture[]> {
  const { views, image, mask, restPose } = request;
  const pictures: RgbPicture[] = [];
  if (views !== undefined) {
    for (const path of await listViewPictures(views)) {
      options.signal?.throwIfAborted();
      pictures.push(await pictureOf(path, canvas));
    }
    return pictures;
  }
  options.onWarning?.(
    'The networks want 21 views of the character; the puppet makes them of the one picture. Give your own with --views.',
  );
  const size = Math.min(canvas.width, canvas.height);
  const character = {
    ...{ image, size },
    ...(mask === undefined ? {} : { mask }),
    ...(restPose === undefined ? {} : { restPose }),
  };
  const { images } = await renderRing(await makeRestingPuppet(character, options), size, options);
  for (const [rgb] of images) {
    if (rgb) pictures.push(toCanvas({ width: size, height: size, rgb }, canvas, WHITE));
  }
  return pictures;
}

/**
 * The joints of view 0, in pixels of the canvas: as they are found there, or as the artist's file has them, which is over the picture
 * and so counts where that is view 0.
 */
async function restPoseOf(
  { image, restPose, views }: GenerateRequest,
  front: RgbPicture,
  canvas: Size,
  { onWarning }: GenerateOptions,
): Promise<Pose> {
  if (restPose === undefined || views !== undefined) {
    // Of a view that the puppet made, what looks wrong was told when the picture was read.
    const told = views !== undefined && onWarning ? { onWarning } : {};
    return (await characterOf(opaque(front), 'View 0', told)).pose;
  }
  const size = await readPicture(image);
  const { x, y, width, height } = placeOn(canvas, size);
  const { keypoints } = await readRestPose(restPose, { width, height });
  return { keypoints: keypoints.map((value, k) => value + ([x, y, 0][k % 3] ?? 0)) };
}

function opaque({ width, height, rgb }: RgbPicture): RgbaPicture {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let p = 0; p < width * height; p++) rgba.set(rgb.subarray(p * 3, p * 3 + 3), p * 4);
  return { width, height, rgba };
}

const only = (pose: Pose, canvas: Size): PoseSequence => ({
  ...canvas,
  ...{ skeleton: 'coco-wholebody133', fps: 1, frames: [pose] },
});

async function posesOf(
  { poses, network }: GenerateRequest,
  rest: Pose,
  canvas: Size,
  options: GenerateOptions,
): Promise<{ readonly poses: readonly RgbPicture[]; readonly fps: number }> {
  if (network?.skeletonPictures !== undefined) {
    const pictures = await drawnPoses(network.skeletonPictures, Math.min(poses.frames.length, VIDEO_FRAMES), canvas);
    return { poses: pictures, fps: poses.fps };
  }
  const fitted = fitPoses(poses, { ...canvas, pose: rest });
  warnOutside(fitted.outside, options);
  return { poses: drawPoses(fitted.poses, canvas, 'bicubic'), fps: poses.fps };
}

function warnOutside(outside: readonly number[], { onWarning }: GenerateOptions): void {
  if (outside.length === 0) return;
  onWarning?.(
    `In ${outside.length} frames a joint leaves the picture (frame ${(outside[0] ?? 0) + 1} first); what is outside is not made.`,
  );
}

async function drawnPoses(folder: string, count: number, canvas: Size): Promise<RgbPicture[]> {
  const files = await listSkeletonPictures(folder);
  const pictures: RgbPicture[] = [];
  for (const file of files.slice(0, count)) {
    pictures.push(toCanvas(composite(await readPicture(join(folder, file)), [0, 0, 0]), canvas, BLACK));
  }
  return pictures;
}
