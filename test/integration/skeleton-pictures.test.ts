// Drawn skeletons: against OpenCV itself, against a published picture, and through folders and videos.
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canvasSize, drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import { pictureKind } from '../../native/pipeline/picture-kind.ts';
import { readSkeletonPicture } from '../../core/poses/read-drawing/read-skeleton-picture.ts';
import { BODY, FACE_POINTS, HAND_POINTS, WHOLEBODY } from '../../core/poses/skeleton.ts';
import { encodeVideo } from '../../native/media/ffmpeg.ts';
import { encodePng } from '../../native/media/png.ts';
import { readPicture } from '../../native/media/read-picture.ts';
import { readSkeletonPictures, readSkeletonVideo } from '../../native/poses/skeleton-pictures.ts';
import { seededRandom } from '../helpers/random.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { loadOpenCv, referenceDrawing, type DrawnPerson } from '../reference/draw-skeleton.ts';

const PUBLISHED = join(import.meta.dirname, '../fixtures/skeleton-pictures/published.png');
const SIZE = { width: 720, height: 480 };

/** Index in `coco-wholebody133` of each of the 18 body points; the neck is made of two. */
const COCO_BODY = [0, -1, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3];

/** Points all over the picture and somewhat beyond it. */
function wildPose(seed: number, width: number, height: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: WHOLEBODY.count * 3 }, (_, i) => {
    if (i % 3 === 2) return 0.05 + 0.95 * random();
    const part = i < WHOLEBODY.face * 3 ? 1.2 : 0.3;
    return (i % 3 === 0 ? width : height) * (0.5 + part * (random() - 0.5));
  });
}

function personOf(keypoints: Float32Array, size: typeof SIZE): DrawnPerson {
  const canvas = canvasSize(size);
  const point = (k: number): [number, number, number] => [
    ((keypoints[k * 3] ?? 0) / size.width) * canvas.width,
    ((keypoints[k * 3 + 1] ?? 0) / size.height) * canvas.height,
    keypoints[k * 3 + 2] ?? 0,
  ];
  const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => point(first + i));
  const [left, right] = [point(5), point(6)];
  const isSure = left[2] > 0.3 && right[2] > 0.3;
  const neck = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2, isSure ? 1 : 0] as const;
  return {
    body: COCO_BODY.map((k) => (k < 0 ? neck : point(k))),
    hands: [range(WHOLEBODY.leftHand, HAND_POINTS), range(WHOLEBODY.rightHand, HAND_POINTS)],
    face: range(WHOLEBODY.face, FACE_POINTS),
  };
}

test('every pixel is the one that OpenCV draws, in and beyond the picture', async () => {
  const { cv } = await loadOpenCv();
  for (const [seed, width, height] of [
    [1, 720, 480],
    [2, 720, 480],
    [3, 256, 256],
    [4, 333, 201],
    [5, 512, 704],
    [6, 1080, 1080],
  ] as const) {
    const size = { width, height };
    const people = [wildPose(seed, width, height), wildPose(seed + 100, width, height)];
    const drawn = drawSkeleton(
      people.map((keypoints) => ({ keypoints })),
      'coco-wholebody133',
      size,
      size,
      { scaling: 'bilinear' },
    );
    const expected = referenceDrawing(
      cv,
      people.map((keypoints) => personOf(keypoints, size)),
      size,
    );
    expect(Buffer.compare(drawn, expected), `${width}x${height}`).toBe(0);
  }
});

test('a published picture is read, and drawn again its lines lie where they were', async () => {
  const { width, height, rgba } = await readPicture(PUBLISHED);
  const rgb = new Uint8Array(rgba.filter((_, i) => i % 4 !== 3));
  const picture = { width, height, rgb };
  expect(pictureKind(picture)).toBe('drawing');
  const skeleton = readSkeletonPicture(picture);
  expect(skeleton?.colourOrder).toBe('swapped');
  if (!skeleton) return;
  const { keypoints } = skeleton.pose;
  // Read off the enlarged picture by eye.
  for (const [joint, x, y] of [
    [BODY.neck, 361.5, 102.5],
    [BODY.right_elbow, 312.5, 152],
    [BODY.left_knee, 375.2, 275.4],
    [BODY.right_ankle, 345.1, 350],
  ] as const) {
    expect(Math.hypot((keypoints[joint * 3] ?? 0) - x, (keypoints[joint * 3 + 1] ?? 0) - y)).toBeLessThan(1);
  }
  const again = drawSkeleton([skeleton.pose], 'openpose18', picture, picture);
  let [near, all] = [0, 0];
  for (let p = 0; p < width * height; p++) {
    if (Math.max(...again.subarray(p * 3, p * 3 + 3)) < 60) continue;
    all++;
    if (Math.max(...rgb.subarray(p * 3, p * 3 + 3)) > 30) near++;
  }
  expect(near / all).toBeGreaterThan(0.95);
});

test('a folder of pictures is read by number; what cannot be read is unknown', async () => {
  const folder = await temporaryFolder();
  await copyFile(PUBLISHED, join(folder, '10.png'));
  await writeFile(
    join(folder, '9.png'),
    encodePng(new Uint8Array(SIZE.width * SIZE.height * 3), SIZE.width, SIZE.height),
  );
  await writeFile(join(folder, 'notes.txt'), 'none');
  const ticks: number[] = [];
  const { frames, ...rest } = await readSkeletonPictures(folder, {
    fps: 12,
    onProgress: (progress) => {
      if (progress.type === 'tick') ticks.push(progress.done);
    },
  });
  expect(rest).toEqual({ skeleton: 'coco-wholebody133', ...SIZE, fps: 12 });
  expect(frames.map(({ keypoints }) => keypoints.some((value) => value > 0))).toEqual([false, true]);
  expect(ticks).toEqual([1, 2]);
  await expect(readSkeletonPictures(folder, { fps: 12, signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
    'stop',
  );
  await expect(readSkeletonPictures(join(folder, 'none'), { fps: 12 })).rejects.toThrow(/no folder/);
  await expect(readSkeletonPictures(await temporaryFolder(), { fps: 12 })).rejects.toThrow(/0 pictures/);
});

test('a video of a skeleton is read through its compression', async () => {
  const { width, height, rgba } = await readPicture(PUBLISHED);
  const skeleton = readSkeletonPicture({ width, height, rgb: new Uint8Array(rgba.filter((_, i) => i % 4 !== 3)) });
  if (!skeleton) throw new Error('no skeleton was read');
  const large = { width: 1440, height: 960 };
  const thin = drawSkeleton([skeleton.pose], 'openpose18', SIZE, SIZE);
  // Twice as thick as well: video keeps colours at half the resolution.
  const rgb = new Uint8Array(large.width * large.height * 3);
  for (let p = 0; p < large.width * large.height; p++) {
    const from = ((p >> 1) % SIZE.width) + Math.floor(p / large.width / 2) * SIZE.width;
    rgb.set(thin.subarray(from * 3, from * 3 + 3), p * 3);
  }
  const out = join(await temporaryFolder(), 'poses.mp4');
  await encodeVideo({ fps: 10, ...large, frames: [rgb, rgb, rgb], out });
  const { frames, fps } = await readSkeletonVideo(out);
  expect([frames.length, fps]).toEqual([3, 10]);
  for (const joint of [BODY.neck, BODY.right_wrist, BODY.left_hip, BODY.left_ankle, BODY.right_ankle]) {
    for (const c of [0, 1]) {
      const [read = 0, drawn = 0] = [frames[1]?.keypoints[joint * 3 + c], skeleton.pose.keypoints[joint * 3 + c]];
      expect(Math.abs(read - 2 * drawn)).toBeLessThan(3);
    }
  }
});
