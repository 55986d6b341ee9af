import type { Clip } from '../../../core/clip.ts';
import { AppError } from '../../../core/errors.ts';
import type { Gaussians } from '../../../core/gaussians.ts';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { asTask, type OnProgress } from '../../../core/progress.ts';
import type { Vector } from '../../../core/vector.ts';
import type { PoseDetector } from '../../poses/detect/detector.ts';
import { optimize } from '../../training/optimize.ts';
import { PRESET_SETTINGS } from '../../training/presets.ts';
import type { Body } from '../body/body.ts';
import type { PerJoint } from '../rig/joints.ts';
import { makeRig } from '../rig/rig.ts';
import { skinOf } from '../rig/skin.ts';
import { jointsInSpace } from './joints-in-space.ts';
import { restJoints } from './rest-joints.ts';
import { weighCloud } from './skin-cells.ts';

/** The still figure of the draft, with more of everything: it is all there will be. */
const SETTINGS = {
  ...PRESET_SETTINGS.draft,
  coarseIterations: 1500,
  initialGaussians: 12_000,
  maxGaussians: 20_000,
};
/** Opacity below which a Gaussian is haze that would be dragged along, as a logit. */
const FAINT = Math.log(0.05 / 0.95);

export interface ViewBodyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** What the pictures tell of the character at rest. */
export interface Figure {
  readonly gaussians: Gaussians;
  readonly joints: PerJoint<Vector>;
}

/**
 * The figure in the ring's 21 pictures of a character at rest (DESIGN 7.3): the engine's still cloud, which has real sides and a
 * real back, and joints that are found in all pictures and meet in space.
 */
export async function figureFromViews(
  clip: Clip,
  detector: PoseDetector,
  options: ViewBodyOptions = {},
): Promise<Figure> {
  const { signal, onProgress } = options;
  const begin = { task: 'Fitting the still figure', total: SETTINGS.coarseIterations, unit: 'iterations' };
  const { scene } = await asTask(onProgress, begin, (tick) =>
    optimize(clip, {
      ...{ preset: 'draft', settings: SETTINGS },
      ...(signal ? { signal } : {}),
      onEvent: (event) => {
        if (event.type === 'progress') tick(event.iteration, `PSNR ${event.psnr.toFixed(1)} dB`);
      },
    }),
  );
  const gaussians = withoutHaze(scene.gaussians);
  const poses = await posesInViews(clip, detector, signal);
  const joints = restJoints(jointsInSpace(clip.cameras, poses), gaussians);
  if (joints) return { gaussians, joints };
  throw new AppError(
    'bad-input',
    'No person was found in the views; use pictures that show a whole figure from all sides.',
  );
}

/** A figure's cloud tied to its joints. */
export function bodyOfFigure({ gaussians, joints }: Figure): Body {
  const rig = makeRig(joints);
  // What was fitted to pictures overlaps by itself, and has no surface to tell who is beside whom.
  return { gaussians, rig, skin: skinOf(rig, weighCloud(gaussians, joints)), links: new Int32Array() };
}

async function posesInViews(
  { cameras, images, width, height }: Clip,
  detector: PoseDetector,
  signal: AbortSignal | undefined,
): Promise<(Pose | undefined)[]> {
  const poses: (Pose | undefined)[] = [];
  for (const view of cameras.keys()) {
    signal?.throwIfAborted();
    detector.reset();
    const detection = await detector.detect({ width, height, rgb: images[view]?.[0] ?? new Uint8Array() });
    poses.push(detection?.pose);
  }
  return poses;
}

function withoutHaze(gaussians: Gaussians): Gaussians {
  const kept = Array.from({ length: gaussians.count }, (_, i) => i).filter(
    (i) => (gaussians.opacityLogits[i] ?? 0) > FAINT,
  );
  const pick = (values: Float32Array): Float32Array => {
    const row = values.length / gaussians.count;
    const picked = new Float32Array(kept.length * row);
    for (const [to, from] of kept.entries()) picked.set(values.subarray(from * row, (from + 1) * row), to * row);
    return picked;
  };
  return {
    count: kept.length,
    shDegree: gaussians.shDegree,
    means: pick(gaussians.means),
    logScales: pick(gaussians.logScales),
    quats: pick(gaussians.quats),
    opacityLogits: pick(gaussians.opacityLogits),
    sh: pick(gaussians.sh),
  };
}
