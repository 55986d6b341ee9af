import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resizeCamera, viewMatrix, type Camera } from '../../core/camera.ts';
import { readCameras } from '../../core/formats/cameras.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { BODY, OPENPOSE18, type BodyJoint } from '../../core/poses/skeleton.ts';
import { findFfmpeg } from '../../native/media/ffmpeg.ts';
import { startFfmpeg } from '../../native/media/ffmpeg-process.ts';
import { createDetector, type PoseDetector } from '../../native/poses/detect/detector.ts';
import { detectInPictures, detectInVideo } from '../../native/poses/detect/sequence.ts';
import {
  boneOffsets,
  direction,
  length,
  NOWHERE,
  withoutBoneOffsets,
  type Errors,
  type Point,
} from './bone-offsets.ts';
import { median } from './statistics.ts';
import { plain, tableText, type Column, type Table } from './table.ts';

/** Clips with known joints; the front view, its neighbours, and those from the left, from behind and from the right. */
const CLIPS = ['cesium_man_walk', 'cyborg_jumping_jacks'];
const VIEWS = ['view00', 'view00_480', 'view01', 'view20', 'view05', 'view10', 'view16'];
const VIDEO = 'single_person_demo.mp4';

/**
 * The 12 joints of the limbs and the neck: index in openpose18, the keypoints whose middle it is, and where the bone begins that it
 * ends; without that the trunk stands for the bone.
 */
const JOINTS: readonly { name: BodyJoint; truth: number; keypoints: readonly number[]; from?: BodyJoint }[] = [
  { name: 'neck', truth: BODY.neck, keypoints: [5, 6] },
  ...(
    [
      ['left_shoulder', 5],
      ['right_shoulder', 6],
      ['left_elbow', 7, 'left_shoulder'],
      ['right_elbow', 8, 'right_shoulder'],
      ['left_wrist', 9, 'left_elbow'],
      ['right_wrist', 10, 'right_elbow'],
      ['left_hip', 11],
      ['right_hip', 12],
      ['left_knee', 13, 'left_hip'],
      ['right_knee', 14, 'right_hip'],
      ['left_ankle', 15, 'left_knee'],
      ['right_ankle', 16, 'right_knee'],
    ] as const
  ).map(([name, keypoint, from]) => ({
    name,
    truth: BODY[name],
    keypoints: [keypoint],
    ...(from === undefined ? {} : { from }),
  })),
];

/** The same joint of the other side. */
const PARTNERS = JOINTS.map((_, j) => (j === 0 ? 0 : j % 2 === 1 ? j + 1 : j - 1));

const decimals = (digits: number, ...names: string[]): Column[] => names.map((name) => ({ name, digits }));

/**
 * How well the built-in detector does, on a folder of development data: rendered clips with known joints, and a video for speed. An
 * error counts in lengths of the trunk, neck to the middle of the hips, in the picture.
 */
export async function benchDetector(data: string, quality: 'best' | 'fast' = 'best'): Promise<readonly Table[]> {
  const detector = await createDetector({ quality });
  try {
    const accuracy: (string | number)[][] = [];
    const joints: (string | number)[][] = [];
    for (const clip of CLIPS) {
      for (const view of VIEWS) {
        const errors = await clipErrors(join(data, 'clips', clip), view, detector);
        const rest = withoutBoneOffsets(errors, PARTNERS);
        accuracy.push([clip, view, ...summary(errors.off), debiased(errors.off), within(rest.flat(), 0.1)]);
        if (view !== 'view00') continue;
        joints.push([clip, 'PCK@0.1', ...ofEachJoint(errors.off)]);
        joints.push([clip, 'constant offset', ...boneOffsets(errors, PARTNERS).map(length)]);
        joints.push([clip, 'PCK@0.1 without it', ...ofEachJoint(rest)]);
      }
    }
    return [
      {
        caption: `Joints within a share of the trunk (PCK), detector "${quality}"`,
        columns: [
          ...plain('clip', 'view'),
          ...decimals(
            3,
            '0.1',
            '0.15',
            '0.2',
            'mean error',
            '0.1 without constant offsets',
            '0.1 without offsets along bones',
          ),
        ],
        rows: accuracy,
      },
      {
        caption: 'Each joint, view00; constant offsets in lengths of the trunk, along and across the bone',
        columns: [...plain('clip', 'what'), ...decimals(2, ...JOINTS.map(({ name }) => name))],
        rows: joints,
      },
      await speed(join(data, 'videos', VIDEO), detector, quality),
    ];
  } finally {
    await detector.dispose();
  }
}

/** Offset of every joint in every frame, in lengths of the trunk, and the directions of the bones. */
async function clipErrors(clip: string, view: string, detector: PoseDetector): Promise<Errors> {
  const folder = join(clip, view);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.png')).map((name) => join(folder, name));
  const found = await detectInPictures(files, detector);
  const truth = await projectedJoints(clip, view, found);
  const along = truth.map((joints) =>
    JOINTS.map(({ truth: joint, from }) =>
      from === undefined
        ? direction(midHips(joints), joints[BODY.neck] ?? NOWHERE)
        : direction(joints[BODY[from]] ?? NOWHERE, joints[joint] ?? NOWHERE),
    ),
  );
  const off = found.frames.map(({ keypoints }, frame) => {
    const joints = truth[frame] ?? [];
    const at = (joint: number): Point => joints[joint] ?? NOWHERE;
    const hips = midHips(joints);
    const trunk = Math.hypot(at(BODY.neck)[0] - hips[0], at(BODY.neck)[1] - hips[1]);
    return JOINTS.map(({ truth: joint, keypoints: parts }): Point => {
      const mean = (axis: 0 | 1): number =>
        parts.reduce((sum, k) => sum + (keypoints[k * 3 + axis] ?? NaN), 0) / parts.length;
      return [(mean(0) - at(joint)[0]) / trunk, (mean(1) - at(joint)[1]) / trunk];
    });
  });
  return { off, along };
}

function midHips(joints: readonly Point[]): Point {
  const [left, right] = [joints[BODY.left_hip] ?? NOWHERE, joints[BODY.right_hip] ?? NOWHERE];
  return [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
}

/** The clip's joints in a view, [frame][joint of openpose18], pixels of the found frame's size. */
async function projectedJoints(clip: string, view: string, { width, height }: PoseSequence): Promise<Point[][]> {
  const cameras = readCameras(await readFile(join(clip, 'cameras.json')));
  const camera = cameras.get(Number(view.slice(4, 6)));
  if (!camera) throw new Error(`${clip} has no camera for ${view}`);
  const { frames } = JSON.parse(await readFile(join(clip, 'pose3d.json'), 'utf8')) as { frames: number[][][] };
  const sized = resizeCamera(camera, width, height);
  return frames.map((joints) => joints.slice(0, OPENPOSE18.names.length).map((joint) => project(sized, joint)));
}

function project(camera: Camera, [x = 0, y = 0, z = 0]: readonly number[]): Point {
  const v = viewMatrix(camera);
  const row = (r: number): number =>
    (v[r * 4] ?? 0) * x + (v[r * 4 + 1] ?? 0) * y + (v[r * 4 + 2] ?? 0) * z + (v[r * 4 + 3] ?? 0);
  return [(camera.fx * row(0)) / row(2) + camera.cx, (camera.fy * row(1)) / row(2) + camera.cy];
}

const within = (errors: readonly Point[], limit: number): number =>
  errors.filter((error) => length(error) < limit).length / errors.length;

const ofEachJoint = (errors: Errors['off']): number[] =>
  JOINTS.map((_, j) =>
    within(
      errors.map((row) => row[j] ?? NOWHERE),
      0.1,
    ),
  );

function summary(errors: Errors['off']): number[] {
  const all = errors.flat();
  return [
    within(all, 0.1),
    within(all, 0.15),
    within(all, 0.2),
    all.reduce((sum, e) => sum + length(e), 0) / all.length,
  ];
}

/** What is left when a joint's median offset, how the model's bones differ from a detector's joints, is taken off. */
function debiased(errors: Errors['off']): number {
  const offsets = JOINTS.map((_, j): Point => [
    median(errors.map((row) => row[j]?.[0] ?? NaN)),
    median(errors.map((row) => row[j]?.[1] ?? NaN)),
  ]);
  const rest = errors.flatMap((row) =>
    row.map(([x, y], j): Point => [x - (offsets[j]?.[0] ?? 0), y - (offsets[j]?.[1] ?? 0)]),
  );
  return within(rest, 0.1);
}

async function speed(video: string, detector: PoseDetector, quality: string): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'charactershot-bench-'));
  const small = join(folder, 'small.mp4');
  const { path } = await findFfmpeg();
  await startFfmpeg(path, ['-i', video, '-vf', 'scale=-2:480', small], `Scaling ${video}`).finished;
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const { frames, width, height } = await detectInVideo(small, detector);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  await rm(folder, { recursive: true });
  const cpuMs = (used.user + used.system) / 1000 / frames.length;
  return {
    caption: `Speed on a video of ${width}x${height}, reading included`,
    columns: [...plain('detector', 'frames'), ...decimals(1, 'frames a second', 'CPU ms a frame')],
    rows: [[quality, frames.length, frames.length / seconds, cpuMs]],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder = process.env.CHARACTERSHOT_DATA, quality = 'best'] = process.argv.slice(2);
  if (folder === undefined || !existsSync(join(folder, 'clips')) || (quality !== 'best' && quality !== 'fast')) {
    console.error('node test/bench/detector.ts [folder of development data, or CHARACTERSHOT_DATA] [best|fast]');
    process.exit(2);
  }
  for (const table of await benchDetector(folder, quality)) console.log(`${tableText(table)}\n`);
}
