import { viewMatrix, type Camera } from '../../core/camera.ts';
import { AppError } from '../../core/errors.ts';
import { transformsCamera } from '../../core/formats/transforms.ts';
import { bodySize, middleOfHips, trustedJoint } from '../../core/poses/body-size.ts';
import { toBody18 } from '../../core/poses/convert.ts';
import { jointAt, middleOfHips as middleOfHipsInSpace, MOTION_JOINTS } from '../../core/poses/motion.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { BODY, OPENPOSE18, type BodyJoint } from '../../core/poses/skeleton.ts';
import { RING_FIELD_OF_VIEW, RING_HEIGHT, RING_RADIUS, ringCameras } from '../../core/ring.ts';
import { add, distance, mix, subtract, type Vector } from '../../core/vector.ts';
import { apart, type Point } from './body/grid.ts';
import { liftPoses, type LiftedMotion } from './lift/lift-poses.ts';
import { USUAL, type BoneLengths, type BoneName } from './lift/proportions.ts';
import { sharedLengths } from './shared-lengths.ts';
import type { Placement } from './retarget/placement.ts';
import type { Joint, PerJoint } from './rig/joints.ts';

/** How the person of a pose sequence relates to the character. */
export interface Framing {
  /** Sees the sequence's frame in its pixels, and its person where the character stands. */
  readonly camera: Camera;
  readonly placement: Placement;
  /** The person's lengths, where they are the character's. */
  readonly lengths?: Partial<BoneLengths>;
}

/** Height that a person is given in the world. */
const STATURE = 1.6;
/** From the neck to the middle of the hips and down the leg to the ankle is this much of a person's height. */
const SEEN_SHARE = 0.74;
/** Where the ankles are above the ground, in world units. */
const ANKLE_HEIGHT = 0.07;
/** A pose lies over the character when its joints are this near on average, in parts of the character's height. */
const OVERLAY = 0.05;
/** A frame that misses the joints by no more than this times the least is as good. */
const ABOUT_AS_NEAR = 1.2;
/** A keypoint this far from its joint, in parts of the height, was read wrongly; no two conventions differ by as much. */
const ASTRAY = 0.07;
/**
 * Two joints of a pair that differ less in depth may be level, in parts of the length from neck to ankle: detections in views put
 * shoulders that are level up to 0.1 apart.
 */
const TOLD = 0.15;
/** A bone's longest look is its length unless it was found to be longer than that by more than this part. */
const UNSEEN = 0.15;

const BODY_JOINTS = OPENPOSE18.names.length;

const FRONT = ringCameras(1)[0]?.cameraToWorld ?? new Float64Array(16);

const LIMB_JOINTS = ['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'].flatMap((joint) => [
  `right_${joint}`,
  `left_${joint}`,
]) as (BodyJoint & Joint)[];

/**
 * The framing of a person of whatever size, at whatever place in the frame: before a level camera that stands where ring view 0
 * does, with the feet on the ground. A person that has the bones of the character (`joints`) is lifted by their lengths. Throws an
 * `AppError` where no frame shows enough of a person to tell its size.
 */
export function framedAsPerson(sequence: PoseSequence, floor: number, joints: PerJoint<Vector>): Framing {
  const { frames, width, height } = toBody18(sequence);
  const sizes = frames.flatMap((pose) => bodySize(pose) ?? []).sort((a, b) => a - b);
  const size = sizes[Math.floor(sizes.length * 0.9)];
  if (size === undefined || !(size > 0)) {
    throw new AppError('bad-input', 'The poses never show a trunk and a leg together; use poses of a whole body.');
  }
  const across = frames.flatMap((pose) => middleOfHips(pose)?.[0] ?? []).sort((a, b) => a - b);
  const ankles = frames
    .flatMap((pose) => (['right_ankle', 'left_ankle'] as const).flatMap((name) => trustedJoint(pose, name)?.[1] ?? []))
    .sort((a, b) => a - b);
  const focal = ((size / SEEN_SHARE) * RING_RADIUS) / STATURE;
  const ground = ankles[Math.floor(ankles.length * 0.9)] ?? height;
  const lengths = sharedLengths(sequence, joints, RING_RADIUS / focal);
  return {
    camera: {
      ...{ width, height, fx: focal, fy: focal, cameraToWorld: FRONT },
      cx: across[Math.floor(across.length / 2)] ?? width / 2,
      cy: ground - ((RING_HEIGHT - ANKLE_HEIGHT) * focal) / RING_RADIUS,
    },
    placement: { type: 'ground', floor },
    ...(lengths ? { lengths } : {}),
  };
}

/** Poses that lie over view 0 of the character itself, as those of the published examples do. */
export interface Overlay {
  readonly camera: Camera;
  /** The frame whose pose is nearest to the character at rest. */
  readonly from: number;
}

/** Whether some frame's pose lies over the joints at rest, seen from ring view 0; undefined where none does. */
export function findOverlay(sequence: PoseSequence, joints: PerJoint<Vector>): Overlay | undefined {
  const { frames, width, height } = toBody18(sequence);
  const camera = transformsCamera(RING_FIELD_OF_VIEW, FRONT, width, height);
  const tall = apart(project(camera, joints.neck), project(camera, joints.right_ankle));
  const misses = frames.map((pose) => {
    const offsets = LIMB_JOINTS.flatMap((name) => {
      const seen = trustedJoint(pose, name);
      return seen ? [apart(seen, project(camera, joints[name]))] : [];
    });
    const known = offsets.length >= LIMB_JOINTS.length / 2;
    return known ? offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length / tall : Infinity;
  });
  const least = Math.min(...misses);
  // Frames of a cycle are equally near, and what the pictures show is mostly the first of them.
  const from = misses.findIndex((miss) => miss <= least * ABOUT_AS_NEAR);
  return least < OVERLAY ? { camera, from } : undefined;
}

/**
 * The joints at rest where the poses have them: each on the ray of its keypoint in the frame at rest, as deep as it was found. What
 * one calls a hip another puts a hand's breadth lower, and a limb that is longer in the poses than in the rig would
 * seem to point at the viewer.
 */
export function jointsOfPoses(
  sequence: PoseSequence,
  { camera, from }: Overlay,
  joints: PerJoint<Vector>,
): PerJoint<Vector> {
  const pose = toBody18(sequence).frames[from];
  const tall = apart(project(camera, joints.neck), project(camera, joints.right_ankle));
  const placed: Record<Joint, Vector> = { ...joints };
  for (const name of LIMB_JOINTS) {
    const seen = pose && trustedJoint(pose, name);
    const isNear = seen && apart(seen, project(camera, joints[name])) < ASTRAY * tall;
    if (isNear) placed[name] = unproject(camera, seen, joints[name][1]);
  }
  return withTheirOthers(joints, placed);
}

/**
 * The framing of poses that lie over the character, whose joints at rest are `jointsOfPoses`. A bone is as long as its longest look;
 * depths of joints are known too roughly to tell the length of one that points at the viewer, unless it is never seen otherwise.
 */
export function framedAsCharacter(overlay: Overlay, joints: PerJoint<Vector>, sequence: PoseSequence): Framing {
  const { camera, from } = overlay;
  const found = lengthsOf(joints);
  const seen = liftPoses(sequence, { camera, rootDepth: joints.hips[1] }).lengths;
  const shown = LIMBS_AND_WIDTHS.filter((bone) => seen[bone] > found[bone] * (1 - UNSEEN));
  const lengths = { ...found, ...Object.fromEntries(shown.map((bone) => [bone, seen[bone]])) };
  return { camera, placement: { type: 'same', from }, lengths };
}

const LIMBS_AND_WIDTHS = ['shoulders', 'hips', 'upper_arm', 'forearm', 'thigh', 'shin'] as const satisfies BoneName[];

/**
 * The joints at rest as deep as the lifting has them in the frame at rest: all frames together tell depths better than the views, and
 * what rests otherwise than it is lifted would be bent in every frame. What the frame does not show stays as it was.
 */
export function jointsOfMotion(
  { frames, guessed }: LiftedMotion,
  { camera, from }: Overlay,
  joints: PerJoint<Vector>,
): PerJoint<Vector> {
  const frame = frames[from];
  if (!frame) return joints;
  const shift: Vector = [0, joints.hips[1] - middleOfHipsInSpace(frame)[1], 0];
  const tall = apart(project(camera, joints.neck), project(camera, joints.right_ankle));
  const placed: Record<Joint, Vector> = { ...joints };
  for (const name of LIMB_JOINTS) {
    const index = MOTION_JOINTS.indexOf(name);
    const lifted = add(jointAt(frame, index), shift);
    const isNear = apart(project(camera, lifted), project(camera, joints[name])) < ASTRAY * tall;
    if (isNear && !guessed[from]?.includes(index)) placed[name] = lifted;
  }
  return withTheirOthers(joints, placed);
}

/**
 * The sequence with the depths of the frame at rest, which are known: they tell the signs of those around it. Shoulders and hips
 * that may as well be level have none.
 */
export function withRestDepths(
  sequence: PoseSequence,
  { camera, from }: Overlay,
  joints: PerJoint<Vector>,
): PoseSequence {
  const body = toBody18(sequence);
  if (body.frames.some(({ depths }) => depths)) return sequence;
  const away = RING_RADIUS + joints.hips[1];
  const least = TOLD * distance(joints.neck, joints.right_ankle);
  const told = LIMB_JOINTS.filter((name) => {
    const pair = (['shoulder', 'hip'] as const).find((part) => name.endsWith(part));
    return !pair || Math.abs(joints[`left_${pair}`][1] - joints[`right_${pair}`][1]) > least;
  });
  const frames = body.frames.map((pose, frame) => {
    const depths = new Float32Array(BODY_JOINTS).fill(NaN);
    if (frame === from) {
      for (const name of told) depths[BODY[name]] = ((joints[name][1] - joints.hips[1]) * camera.fy) / away;
    }
    return { ...pose, depths };
  });
  return { ...body, frames };
}

/** Joints of trunk and limbs, `placed` anew, with those that hang on them: hips, spine, neck, fingers and toes. */
function withTheirOthers(joints: PerJoint<Vector>, placed: Record<Joint, Vector>): PerJoint<Vector> {
  for (const [end, before, old] of [
    ['right_fingers', 'right_wrist', joints.right_wrist],
    ['left_fingers', 'left_wrist', joints.left_wrist],
    ['right_toes', 'right_ankle', joints.right_ankle],
    ['left_toes', 'left_ankle', joints.left_ankle],
  ] as const) {
    placed[end] = add(joints[end], subtract(placed[before], old));
  }
  placed.hips = mix(placed.right_hip, placed.left_hip, 0.5);
  placed.neck = mix(placed.right_shoulder, placed.left_shoulder, 0.5);
  placed.spine = mix(
    placed.hips,
    placed.neck,
    distance(joints.hips, joints.spine) / distance(joints.hips, joints.neck),
  );
  return placed;
}

/** The point of a pixel's ray at depth y of the world. */
function unproject(camera: Camera, [x, y]: Point, depth: number): Vector {
  const away = RING_RADIUS + depth;
  return [((x - camera.cx) * away) / camera.fx, depth, RING_HEIGHT - ((y - camera.cy) * away) / camera.fy];
}

function project(camera: Camera, [x, y, z]: Vector): Point {
  const m = viewMatrix(camera);
  const row = (r: number): number =>
    (m[r * 4] ?? 0) * x + (m[r * 4 + 1] ?? 0) * y + (m[r * 4 + 2] ?? 0) * z + (m[r * 4 + 3] ?? 0);
  return [(camera.fx * row(0)) / row(2) + camera.cx, (camera.fy * row(1)) / row(2) + camera.cy];
}

/** Lengths of the character's own bones; what a rig does not know is as usual. */
function lengthsOf(joints: PerJoint<Vector>): BoneLengths {
  const spine = distance(joints.hips, joints.neck);
  const usual = Object.fromEntries(
    Object.entries(USUAL).map(([name, value]) => [name, value * spine]),
  ) as unknown as BoneLengths;
  const pair = (from: 'shoulder' | 'elbow' | 'hip' | 'knee', to: 'elbow' | 'wrist' | 'knee' | 'ankle'): number =>
    (distance(joints[`right_${from}`], joints[`right_${to}`]) +
      distance(joints[`left_${from}`], joints[`left_${to}`])) /
    2;
  return {
    ...usual,
    spine,
    shoulders: distance(joints.right_shoulder, joints.left_shoulder),
    hips: distance(joints.right_hip, joints.left_hip),
    upper_arm: pair('shoulder', 'elbow'),
    forearm: pair('elbow', 'wrist'),
    thigh: pair('hip', 'knee'),
    shin: pair('knee', 'ankle'),
  };
}
