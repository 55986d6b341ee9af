import { mix, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { faceCue, type FaceCue } from './face-cue.ts';
import { bodyFrame, type BodyFrame } from './frame-of-body.ts';
import { liftNeck } from './neck.ts';
import type { PersonSize } from './person-size.ts';
import { addScaled, atDepth, middleRay } from './sights.ts';
import { steadySeries } from './steady-series.ts';
import type { Tracks } from './tracks.ts';
import { HEAD_TURN, TURN_ACCELERATION, turnSigns, TWIST } from './turn-signs.ts';
import { combined, offsetSigma, type Estimate } from './uncertainty.ts';
import { acrossAt, depthOf, widthOf, type Width } from './width.ts';

/** The trunk over time, in camera axes. */
export interface Trunk {
  /** Middle of the hips. */
  readonly root: readonly Vector[];
  readonly neck: readonly Vector[];
  readonly joints: Readonly<Record<TrunkJoint, readonly Vector[]>>;
  readonly chest: readonly BodyFrame[];
  readonly pelvis: readonly BodyFrame[];
}

export type TrunkJoint = 'left_shoulder' | 'right_shoulder' | 'left_hip' | 'right_hip';

export interface TrunkInput {
  readonly tracks: Tracks;
  readonly size: PersonSize;
  readonly fps: number;
  readonly up: Vector;
  readonly pixel: number;
  /** Depth of the neck a frame as far as it is known: at first that of the hips. */
  readonly neckDepths: readonly number[];
  /** Standard deviation of the source's depths, in world units. */
  readonly depthSigma: number;
}

const NOWHERE: Vector = [0, 0, 1];

/** The trunk: which way it is turned, then the neck above the hips, then shoulders and hips beside them. */
export function liftTrunk(input: TrunkInput): Trunk {
  const { tracks, size } = input;
  const frames = size.depths.map((_, t) => t);
  const root = frames.map((t) => atDepth(middleRay(tracks, 'left_hip', 'right_hip', t), size.depths[t] ?? 1));
  const cues = frames.map((t) => faceCue(tracks, t, size.lengths, size.depths[t] ?? 1));
  const shoulders = widthOf(
    tracks,
    ['left_shoulder', 'right_shoulder'],
    size.lengths.shoulders,
    input.neckDepths,
    input.pixel,
  );
  const hips = widthOf(tracks, ['left_hip', 'right_hip'], size.lengths.hips, size.depths, input.pixel);
  const signs = turnSigns(input, shoulders, hips, cues);
  const across = steadyAcross(input, shoulders, hips, cues, signs);
  const flatChest = across.shoulders.map((left) => bodyFrame(left, input.up));
  const neck = liftNeck(input, root, flatChest);
  const spineUp = frames.map((t) => normalize(subtract(neck[t] ?? NOWHERE, root[t] ?? NOWHERE), input.up));
  const pelvisUp = spineUp.map((spine) => normalize(mix(spine, input.up, 0.5), input.up));
  const beside = (middle: readonly Vector[], width: readonly Vector[], part: number): Vector[] =>
    frames.map((t) => addScaled(middle[t] ?? NOWHERE, width[t] ?? NOWHERE, part));
  return {
    root,
    neck,
    joints: {
      left_shoulder: beside(neck, across.shoulders, 0.5),
      right_shoulder: beside(neck, across.shoulders, -0.5),
      left_hip: beside(root, across.hips, 0.5),
      right_hip: beside(root, across.hips, -0.5),
    },
    chest: frames.map((t) => bodyFrame(across.shoulders[t] ?? [1, 0, 0], spineUp[t] ?? input.up)),
    pelvis: frames.map((t) => bodyFrame(across.hips[t] ?? [1, 0, 0], pelvisUp[t] ?? input.up)),
  };
}

/** The vectors from right to left with their depths: smooth in time where the picture says little, of constant length. */
function steadyAcross(
  input: TrunkInput,
  shoulders: Width,
  hips: Width,
  cues: readonly FaceCue[],
  signs: readonly (readonly [number, number])[],
): { readonly shoulders: Vector[]; readonly hips: Vector[] } {
  const chest = steadyDepths(
    input,
    shoulders,
    signs.map(([sign]) => sign),
    (t) => {
      const cue = cues[t];
      return {
        depth: (cue?.sine ?? 0) * shoulders.length,
        sigma: (HEAD_TURN * shoulders.length) / ((cue?.trust ?? 0) + 1e-6),
      };
    },
  );
  const ratio = hips.length / shoulders.length;
  const pelvis = steadyDepths(
    input,
    hips,
    signs.map(([, sign]) => sign),
    (t) => ({
      depth: (chest[t] ?? 0) * ratio,
      sigma: (TWIST / 2) * hips.length,
    }),
  );
  const vectors = (width: Width, depths: readonly number[]): Vector[] =>
    width.flat.map((_, t) => scale(normalize(acrossAt(width, t, depths[t] ?? 0), [1, 0, 0]), width.length));
  return { shoulders: vectors(shoulders, chest), hips: vectors(hips, pelvis) };
}

function steadyDepths(
  { fps, depthSigma }: TrunkInput,
  width: Width,
  signs: readonly number[],
  prior: (t: number) => Estimate,
): number[] {
  const fused = width.half.map((half, t) => {
    const terms = [{ depth: depthOf(width, t, signs[t] ?? 1), sigma: offsetSigma(half, width.length, 1) }, prior(t)];
    const given = width.given[t] ?? NaN;
    if (!Number.isNaN(given)) terms.push({ depth: given, sigma: depthSigma });
    return combined(terms);
  });
  const bend = (TURN_ACCELERATION / (fps * fps)) * width.length;
  return steadySeries(
    fused.map(({ depth }) => depth),
    fused.map(({ sigma }) => sigma),
    bend,
  );
}
