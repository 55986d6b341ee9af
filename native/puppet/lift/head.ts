import { add, cross, dot, length, mix, normalize, scale, subtract, type Vector } from '../../../core/vector.ts';
import { faceCue, NOSE_REACH } from './face-cue.ts';
import type { BodyFrame } from './frame-of-body.ts';
import { FACE, forEachOf, type FaceJoint } from './lift-joints.ts';
import type { PersonSize } from './person-size.ts';
import { median, within } from './statistics.ts';
import { steadySeries } from './steady-series.ts';
import type { Tracks } from './tracks.ts';
import type { Trunk } from './trunk.ts';

/** Places of the face points in the head, (left, up, forward) from the middle of the ears, in halves of their distance. */
type Template = Readonly<Record<FaceJoint, Vector>>;

/** A person's, from the mean distances that pose detectors see: a head is about as deep from ear to nose as it is wide. */
const USUAL_HEAD: Template = {
  nose: [0, -0.1, NOSE_REACH],
  right_eye: [-0.45, 0.35, 1.1],
  left_eye: [0.45, 0.35, 1.1],
  right_ear: [-1, 0, 0],
  left_ear: [1, 0, 0],
};

const TURN_ACCELERATION = 25;

interface HeadTurn {
  readonly yaw: number;
  readonly trust: number;
}

/** Face points over time: where they are seen they stay on their rays, at the depth that the head's turn gives them. */
export function liftHead(
  tracks: Tracks,
  size: PersonSize,
  trunk: Trunk,
  fps: number,
  up: Vector,
): Record<FaceJoint, Vector[]> {
  const half = size.lengths.ears / 2;
  const template = templateOf(tracks, size);
  const frames = trunk.root.map((_, t) => t);
  const yaws = steadyYaws(tracks, size, trunk, fps);
  const points = frames.map((t) => {
    const yaw = yaws[t] ?? 0;
    const left: Vector = [Math.cos(yaw), 0, Math.sin(yaw)];
    const axes = headAxes(tracks, t, left, trunk, up);
    const centre = headCentre(tracks, size, trunk, t, up);
    const turned = forEachOf(FACE, (joint) => {
      const [x, y, z] = template[joint];
      return scale(add(add(scale(axes.left, x), scale(axes.up, y)), scale(axes.forward, z)), half);
    });
    return forEachOf(FACE, (joint): Vector => {
      const at = add(centre, turned[joint]);
      const track = tracks[joint];
      if (!((track.trust[t] ?? 0) > 0)) return at;
      return scale(track.rays[t] ?? [0, 0, 1], at[2]);
    });
  });
  return forEachOf(FACE, (joint) => points.map((frame) => frame[joint]));
}

/** Heights of nose and eyes as they are seen most of the time, which is taken for a level head. */
function templateOf(tracks: Tracks, size: PersonSize): Template {
  const half = Math.max(size.lengths.ears / 2, 1e-9);
  const heightOf = (joint: FaceJoint): number => {
    const seen = tracks[joint].rays.flatMap((ray, t) => {
      const trusts = [tracks[joint], tracks.left_ear, tracks.right_ear].map((track) => track.trust[t] ?? 0);
      if (Math.min(...trusts) < 0.1) return [];
      const ears = mix(tracks.left_ear.rays[t] ?? ray, tracks.right_ear.rays[t] ?? ray, 0.5);
      return [((ears[1] - ray[1]) * (size.depths[t] ?? 1)) / half];
    });
    return within(median(seen, USUAL_HEAD[joint][1]), -1.5, 1.5);
  };
  const eyes = (heightOf('left_eye') + heightOf('right_eye')) / 2;
  return {
    ...USUAL_HEAD,
    nose: [0, heightOf('nose'), NOSE_REACH],
    right_eye: [-0.45, eyes, 1.1],
    left_eye: [0.45, eyes, 1.1],
  };
}

/** Yaw a frame, 0 towards the camera, counted as the angle of the head's left in the picture's x and depth. */
function steadyYaws(tracks: Tracks, size: PersonSize, trunk: Trunk, fps: number): number[] {
  let before = 0;
  const turns = trunk.chest.map(({ left }, t): HeadTurn => {
    const body = Math.atan2(left[2], left[0]);
    const cue = faceCue(tracks, t, size.lengths, size.depths[t] ?? 1);
    if (cue.trust < 0.05) return { yaw: body, trust: 0.05 };
    const cosine = Number.isNaN(cue.cosine) ? Math.sign(left[0]) * Math.sqrt(1 - cue.sine ** 2) : cue.cosine;
    return { yaw: Math.atan2(cue.sine, cosine), trust: cue.trust };
  });
  const unwrapped = turns.map(({ yaw }) => {
    before += Math.atan2(Math.sin(yaw - before), Math.cos(yaw - before));
    return before;
  });
  return steadySeries(
    unwrapped,
    turns.map(({ trust }) => 0.15 / Math.sqrt(trust)),
    TURN_ACCELERATION / (fps * fps),
  );
}

function headAxes(tracks: Tracks, t: number, level: Vector, trunk: Trunk, up: Vector): BodyFrame {
  const [right, left] = [tracks.right_ear, tracks.left_ear];
  const known = Math.min(right.trust[t] ?? 0, left.trust[t] ?? 0) > 0.1;
  const across = subtract(left.rays[t] ?? [0, 0, 1], right.rays[t] ?? [0, 0, 1]);
  // Roll is the tilt of the line between the ears in the picture; where they cover each other there is none to see.
  const tilt = known ? (across[1] / Math.max(length(across), 1e-9)) * Math.abs(level[0]) : 0;
  const side = normalize([level[0], tilt, level[2]]);
  const spine = trunk.chest[t]?.up ?? up;
  const square = normalize(subtract(mix(spine, up, 0.7), scale(side, dot(mix(spine, up, 0.7), side))), up);
  return { left: side, up: square, forward: cross(side, square) };
}

/** Middle of the ears. */
function headCentre(tracks: Tracks, { lengths }: PersonSize, trunk: Trunk, t: number, up: Vector): Vector {
  const neck = trunk.neck[t] ?? [0, 0, 1];
  const { left_ear: left, right_ear: right } = tracks;
  const seen = Math.min(left.trust[t] ?? 0, right.trust[t] ?? 0) > 0;
  const { up: spine, forward } = trunk.chest[t] ?? { up, forward: [0, 0, -1] as Vector };
  const upright = add(neck, scale(normalize(add(mix(spine, up, 0.5), scale(forward, 0.05))), lengths.head));
  if (!seen) return upright;
  const ray = mix(left.rays[t] ?? [0, 0, 1], right.rays[t] ?? [0, 0, 1], 0.5);
  return scale(ray, upright[2]);
}
