// How well 2D poses are lifted to 3D: node test/bench/lifting.ts [DATA]   (or CHARACTERSHOT_DATA)
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { viewMatrix, type Camera } from '../../core/camera.ts';
import { readBvh } from '../../core/formats/bvh.ts';
import { readCameras } from '../../core/formats/cameras.ts';
import { readPoses } from '../../core/formats/poses.ts';
import { jointAt, MOTION_BODY, MOTION_JOINTS, resampleMotion, type Motion } from '../../core/poses/motion.ts';
import { toBody18 } from '../../core/poses/convert.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { projectMotion } from '../../core/poses/project-motion.ts';
import { BODY } from '../../core/poses/skeleton.ts';
import { ringCameras, turntableCamera } from '../../core/ring.ts';
import { add, distance, dot, mix, scale, subtract, type Vector } from '../../core/vector.ts';
import { liftPoses, type LiftedMotion } from '../../native/puppet/lift/lift-poses.ts';
import type { BoneLengths } from '../../native/puppet/lift/proportions.ts';
import { alignedBySimilarity } from './similarity.ts';
import { mean } from './statistics.ts';
import type { Table } from './table.ts';

export interface LiftingCase {
  readonly name: string;
  readonly truth: Motion;
  readonly sequence: PoseSequence;
  readonly camera: Camera;
  readonly lengths?: BoneLengths;
}

export interface LiftingResult {
  readonly name: string;
  readonly frames: number;
  /** Mean distance of the 18 body joints from the truth in world units, hips on hips, and after the best similarity. */
  readonly root: number;
  readonly similar: number;
  /** Standing height (ankle to ear along the bones) in world units. */
  readonly height: number;
  /** Part of the clearly foreshortened limbs that point the wrong way in depth. */
  readonly flipped: number;
  readonly milliseconds: number;
  readonly lifted: LiftedMotion;
}

const FPS = 12;
const CLIPS = ['cyborg_jumping_jacks', 'cesium_man_walk'];
const MOTIONS = ['jumping_jacks', 'wave_hello', 'cmu_walk'];

/** All cases that the data folder has files for. */
export async function liftingCases(data: string): Promise<LiftingCase[]> {
  const cases: LiftingCase[] = [];
  for (const clip of CLIPS) {
    const folder = join(data, 'clips', clip);
    if (!existsSync(folder)) continue;
    const truth = await readTruth(join(folder, 'pose3d.json'));
    const camera = readCameras(await readFile(join(folder, 'cameras.json'))).get(0);
    if (!camera) continue;
    const sequence = readPoses(await readFile(join(folder, 'poses.json')));
    cases.push({ name: clip, truth, sequence, camera });
    cases.push({ name: `${clip}, known lengths`, truth, sequence, camera, lengths: trueLengths(truth) });
  }
  for (const name of MOTIONS) {
    const file = join(data, 'motions', `${name}.bvh`);
    if (!existsSync(file)) continue;
    const motion = readBvh(await readFile(file), name);
    const frames = Math.max(2, Math.round((motion.frames.length / motion.fps) * FPS));
    const truth = placed(resampleMotion(motion, { frames }));
    for (const degrees of [0, 45]) {
      const camera = turntableCamera((degrees * Math.PI) / 180, 512, 512);
      for (const depths of [false, true]) {
        const sequence = seenBy(truth, camera, depths);
        cases.push({ name: `${name} ${degrees}°${depths ? ', depths' : ''}`, truth, sequence, camera });
      }
    }
  }
  return [...cases, ...(await builtInCases())];
}

const BUILT_IN = join(import.meta.dirname, '../../assets/motions');

/** The motions that come with the studio: their own depths are the truth. */
async function builtInCases(): Promise<LiftingCase[]> {
  const [camera] = ringCameras(480);
  if (!camera || !existsSync(BUILT_IN)) return [];
  const files = readdirSync(BUILT_IN).filter((file) => file.endsWith('.json'));
  const cases = await Promise.all(
    files.sort().map(async (file): Promise<LiftingCase[]> => {
      const sequence = readPoses(await readFile(join(BUILT_IN, file)), file);
      if (sequence.frames.some(({ depths }) => !depths)) return [];
      const truth = unprojected(sequence, camera);
      const flat = { ...sequence, frames: sequence.frames.map(({ keypoints }) => ({ keypoints })) };
      const name = `built-in ${file.replace('.json', '')}`;
      return [
        { name, truth, sequence: flat, camera },
        { name: `${name}, depths`, truth, sequence, camera },
      ];
    }),
  );
  return cases.flat();
}

/** Poses with depths as points in the world, for a camera that looks along +y, with the hips at y = 0. */
function unprojected(poses: PoseSequence, camera: Camera): Motion {
  const { frames, fps } = toBody18(poses);
  const eye = jointAt(Float64Array.of(...[3, 7, 11].map((i) => camera.cameraToWorld[i] ?? 0)), 0);
  return {
    fps,
    frames: frames.map(({ keypoints, depths }) => {
      const frame = new Float64Array(MOTION_JOINTS.length * 3).fill(NaN);
      const hips = ((depths?.[BODY.left_hip] ?? NaN) + (depths?.[BODY.right_hip] ?? NaN)) / 2;
      for (let k = 0; k < MOTION_BODY; k++) {
        const depth = -eye[1] * (1 + ((depths?.[k] ?? NaN) - hips) / camera.fx);
        const x = (((keypoints[k * 3] ?? 0) - camera.cx) / camera.fx) * depth;
        const z = (((keypoints[k * 3 + 1] ?? 0) - camera.cy) / camera.fy) * depth;
        frame.set([eye[0] + x, eye[1] + depth, eye[2] - z], k * 3);
      }
      return frame;
    }),
  };
}

export function measureLifting({ name, truth, sequence, camera, lengths }: LiftingCase): LiftingResult {
  const start = performance.now();
  const lifted = liftPoses(sequence, { camera, ...(lengths && { lengths }) });
  const milliseconds = performance.now() - start;
  const errors = truth.frames.map((frame, t) => frameErrors(frame, lifted.frames[t] ?? frame));
  const lengthsOfTruth = trueLengths(truth);
  const { spine, thigh, shin, head } = lengthsOfTruth;
  return {
    ...{ name, milliseconds, lifted, frames: truth.frames.length },
    root: mean(errors.map(({ root }) => root)),
    similar: mean(errors.map(({ similar }) => similar)),
    height: spine + thigh + shin + head,
    flipped: flippedPart(truth, lifted, camera),
  };
}

/** Errors of one frame: mean over the body's joints that the truth knows. */
export function frameErrors(
  truth: Float64Array,
  lifted: Float64Array,
): { root: number; similar: number; joints: number[] } {
  const known = Array.from({ length: MOTION_BODY }, (_, j) => j).filter((j) =>
    jointAt(truth, j).every(Number.isFinite),
  );
  const [a, b] = [known.map((j) => jointAt(truth, j)), known.map((j) => jointAt(lifted, j))];
  const shift = subtract(hipsOf(truth), hipsOf(lifted));
  const joints = b.map((point, i) => distance(add(point, shift), a[i] ?? point));
  const similar = alignedBySimilarity(b, a).map((point, i) => distance(point, a[i] ?? point));
  return { root: mean(joints), similar: mean(similar), joints };
}

const at = (frame: Float64Array, name: string): Vector => jointAt(frame, MOTION_JOINTS.indexOf(name));
const hipsOf = (frame: Float64Array): Vector => mix(at(frame, 'left_hip'), at(frame, 'right_hip'), 0.5);

const LIMB_BONES = ['left', 'right'].flatMap((side) =>
  [
    ['shoulder', 'elbow'],
    ['elbow', 'wrist'],
    ['hip', 'knee'],
    ['knee', 'ankle'],
  ].map(([from, to]): [string, string] => [`${side}_${from ?? ''}`, `${side}_${to ?? ''}`]),
);

function flippedPart(truth: Motion, lifted: Motion, camera: Camera): number {
  const view = viewMatrix(camera);
  const forward: Vector = [view[8] ?? 0, view[9] ?? 0, view[10] ?? 0];
  let [wrong, all] = [0, 0];
  truth.frames.forEach((frame, t) => {
    for (const [from, to] of LIMB_BONES) {
      const bone = subtract(at(frame, to), at(frame, from));
      const depth = dot(bone, forward);
      if (!(Math.abs(depth) > 0.35 * Math.sqrt(dot(bone, bone)))) continue;
      const other = lifted.frames[t] ?? frame;
      all++;
      if (dot(subtract(at(other, to), at(other, from)), forward) * depth < 0) wrong++;
    }
  });
  return all === 0 ? 0 : wrong / all;
}

/** Mean true lengths of a motion's bones. */
function trueLengths({ frames }: Motion): BoneLengths {
  const between = (from: (frame: Float64Array) => Vector, to: (frame: Float64Array) => Vector): number =>
    mean(frames.map((frame) => distance(from(frame), to(frame))).filter(Number.isFinite));
  const joint =
    (name: string) =>
    (frame: Float64Array): Vector =>
      at(frame, name);
  const bone = (from: string, to: string): number =>
    (between(joint(`left_${from}`), joint(`left_${to}`)) + between(joint(`right_${from}`), joint(`right_${to}`))) / 2;
  const ears = (frame: Float64Array): Vector => mix(at(frame, 'left_ear'), at(frame, 'right_ear'), 0.5);
  const spine = between(hipsOf, joint('neck'));
  const or = (value: number, usual: number): number => (Number.isFinite(value) && value > 0 ? value : usual * spine);
  return {
    spine,
    shoulders: between(joint('left_shoulder'), joint('right_shoulder')),
    hips: between(joint('left_hip'), joint('right_hip')),
    upper_arm: bone('shoulder', 'elbow'),
    forearm: bone('elbow', 'wrist'),
    hand: or(bone('wrist', 'middle_finger'), 0.3),
    thigh: bone('hip', 'knee'),
    shin: bone('knee', 'ankle'),
    foot: or(bone('ankle', 'toe'), 0.36),
    heel: or(bone('ankle', 'heel'), 0.16),
    head: or(between(joint('neck'), ears), 0.42),
    ears: or(between(joint('left_ear'), joint('right_ear')), 0.3),
  };
}

async function readTruth(file: string): Promise<Motion> {
  const json = JSON.parse(await readFile(file, 'utf8')) as { fps: number; frames: number[][][] };
  const frames = json.frames.map((rows) => {
    const frame = new Float64Array(MOTION_JOINTS.length * 3).fill(NaN);
    frame.set(rows.flat());
    return frame;
  });
  return { fps: json.fps, frames };
}

/** The motion with the first frame's hips at x = y = 0 and its feet near z = 0, no taller than the ring sees. */
function placed({ fps, frames }: Motion): Motion {
  const { spine, thigh, shin, head } = trueLengths({ fps, frames });
  const size = 1.6 / (spine + thigh + shin + head);
  const lowest = Math.min(...frames.map((frame) => Math.min(at(frame, 'left_ankle')[2], at(frame, 'right_ankle')[2])));
  return {
    fps,
    frames: frames.map((frame) => {
      const [x, y] = hipsOf(frame);
      const moved = frame.slice();
      for (let j = 0; j < frame.length / 3; j++) {
        moved.set(scale(subtract(jointAt(frame, j), [x, y, lowest]), size), j * 3);
      }
      return moved;
    }),
  };
}

/** What a camera sees of a motion, with or without the depths that only the motion knows. */
function seenBy(motion: Motion, camera: Camera, withDepths: boolean): PoseSequence {
  const sequence = projectMotion(motion, camera);
  return withDepths ? sequence : { ...sequence, frames: sequence.frames.map(({ keypoints }) => ({ keypoints })) };
}

/** Lifts every case and says how far from the truth it came out. */
export async function benchLifting(data: string): Promise<Table> {
  const results = (await liftingCases(data)).map(measureLifting);
  return {
    caption: 'Lifting 2D poses to 3D: mean error of the body joints',
    columns: [
      ...[
        { name: 'motion' },
        { name: 'frames' },
        { name: 'root, units', digits: 3 },
        { name: 'root, % height', digits: 1 },
      ],
      ...[
        { name: 'similarity, units', digits: 3 },
        { name: 'similarity, % height', digits: 1 },
      ],
      ...[
        { name: 'flipped, %', digits: 1 },
        { name: 'ms', digits: 0 },
      ],
    ],
    rows: results.map(({ name, frames, root, similar, height, flipped, milliseconds }) => [
      ...[name, frames, root, (100 * root) / height, similar, (100 * similar) / height, 100 * flipped, milliseconds],
    ]),
  };
}
