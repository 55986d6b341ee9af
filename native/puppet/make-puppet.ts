import type { Scene } from '../../core/deformation/deformation.ts';
import { AppError } from '../../core/errors.ts';
import { asTask } from '../../core/progress.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { hasAnyone } from '../../core/poses/has-anyone.ts';
import { resamplePoses } from '../../core/poses/resample.ts';
import { MAX_FRAMES, type GenerateOptions, type GenerateRequest } from '../generate/contract.ts';
import { createDetector } from '../poses/detect/detector.ts';
import type { Vector } from '../../core/vector.ts';
import { bodyFromPicture, type Body } from './body/body.ts';
import { WORLD_HEIGHT } from './body/figure.ts';
import { closeGaps } from './close-gaps.ts';
import {
  findOverlay,
  framedAsCharacter,
  framedAsPerson,
  jointsOfMotion,
  jointsOfPoses,
  withRestDepths,
  type Framing,
} from './framing.ts';
import { liftPoses, type LiftedMotion } from './lift/lift-poses.ts';
import { loadCharacter } from './load-character.ts';
import { puppetScene } from './puppet-scene.ts';
import type { Placement } from './retarget/placement.ts';
import { retarget } from './retarget/retarget.ts';
import { perJoint, type PerJoint } from './rig/joints.ts';
import { bodyOfFigure, figureFromViews, type Figure } from './views/body-from-views.ts';
import { readViews } from './views/read-views.ts';

/** Pixels that a character covers at working size for a clip of 256 pixels; it grows with the clip. */
const AREA_AT_256 = 10_000;
const MAX_AREA = 40_000;

/** The whole puppet: a body from the picture or the views, moved by the poses, as a 4D scene. */
export async function makePuppet(request: GenerateRequest, options: GenerateOptions = {}): Promise<Scene> {
  const poses = posesFor(request);
  if (request.views === undefined) {
    const body = await fromPicture(request, options);
    return movedAsPerson(body, poses, 0);
  }
  const figure = await fromViews(request.views, options);
  const overlay = findOverlay(poses, figure.joints);
  if (!overlay) {
    const floor = floorOf(figure);
    return movedAsPerson(bodyOfFigure(withinView(figure, floor)), poses, floor);
  }
  const found = jointsOfPoses(poses, overlay, figure.joints);
  const framing = framedAsCharacter(overlay, found, poses);
  const motion = lifted(withRestDepths(poses, overlay, found), framing, found);
  const body = bodyOfFigure({ ...figure, joints: jointsOfMotion(motion, overlay, found) });
  return moved(body, motion, framing.placement);
}

/** The character of one picture as it stands there: what the ring's cameras see of it are its view pictures. */
export async function makeRestingPuppet(
  request: Pick<GenerateRequest, 'image' | 'mask' | 'restPose' | 'size'>,
  options: GenerateOptions = {},
): Promise<Scene> {
  const { gaussians } = await fromPicture(request, options);
  return { gaussians, deformation: { kind: 'static' }, fps: 1, frames: 1, background: [1, 1, 1] };
}

function movedAsPerson(body: Body, poses: PoseSequence, floor: number): Scene {
  const framing = framedAsPerson(poses, floor, body.rig.joints);
  return moved(body, lifted(poses, framing, body.rig.joints), framing.placement);
}

const lifted = (poses: PoseSequence, { camera, lengths }: Framing, { hips }: PerJoint<Vector>): LiftedMotion =>
  liftPoses(poses, { camera, ...(lengths ? { lengths } : {}), rootDepth: hips[1] });

function moved(body: Body, motion: LiftedMotion, placement: Placement): Scene {
  const scene = puppetScene(body, retarget(motion, body.rig, placement), motion.fps);
  return body.links.length > 0 ? closeGaps(scene, body.links) : scene;
}

function fromPicture(
  { image, mask, restPose, size }: Pick<GenerateRequest, 'image' | 'mask' | 'restPose' | 'size'>,
  options: GenerateOptions,
): Promise<Body> {
  const { signal, onProgress, onWarning } = options;
  return asTask(onProgress, { task: 'Making the puppet', total: 2, unit: 'steps' }, async (tick) => {
    const character = await loadCharacter(image, {
      ...(mask === undefined ? {} : { mask }),
      ...(restPose === undefined ? {} : { restPose }),
      ...(onWarning ? { onWarning } : {}),
    });
    signal?.throwIfAborted();
    tick(1, 'cut out');
    const body = await bodyFromPicture(character, Math.min(AREA_AT_256 * (size / 256) ** 1.5, MAX_AREA));
    tick(2, `${body.gaussians.count} Gaussians`);
    return body;
  });
}

async function fromViews(views: string, { signal, onProgress }: GenerateOptions): Promise<Figure> {
  const clip = await readViews(views);
  signal?.throwIfAborted();
  const detector = await createDetector();
  try {
    return await figureFromViews(clip, detector, {
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
  } finally {
    await detector.dispose();
  }
}

/** Height of the ground below the figure at rest: what is lower is haze. */
const floorOf = (figure: Figure): number => heightOf(figure, 0.005);

/** Height below which that share of the cloud lies. */
function heightOf({ gaussians }: Figure, share: number): number {
  const heights = Float32Array.from({ length: gaussians.count }, (_, i) => gaussians.means[i * 3 + 2] ?? 0).sort();
  return heights[Math.floor((heights.length - 1) * share)] ?? 0;
}

/** The figure no higher than a character from one picture is, so that the ring sees its arms when they rise. */
function withinView(figure: Figure, floor: number): Figure {
  const factor = Math.min(1, WORLD_HEIGHT / Math.max(heightOf(figure, 0.995) - floor, 1e-6));
  const shrunk = ([x, y, z]: Vector): Vector => [x * factor, y * factor, floor + (z - floor) * factor];
  const { gaussians, joints } = figure;
  const means = gaussians.means.map((value, k) => (k % 3 === 2 ? floor + (value - floor) * factor : value * factor));
  const logScales = gaussians.logScales.map((value) => value + Math.log(factor));
  return { gaussians: { ...gaussians, means, logScales }, joints: perJoint((joint) => shrunk(joints[joint])) };
}

/** The poses in the number of frames that the clip has. */
function posesFor({ poses, frames }: GenerateRequest): PoseSequence {
  if (!hasAnyone(poses)) {
    throw new AppError('bad-input', 'The poses show nobody: all keypoints are unknown; choose other poses.');
  }
  const wanted = frames ?? Math.min(poses.frames.length, MAX_FRAMES);
  return wanted === poses.frames.length ? poses : resamplePoses(poses, { frames: wanted });
}
