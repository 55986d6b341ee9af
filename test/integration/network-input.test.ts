import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writePoses } from '../../core/formats/poses.ts';
import { resamplePoses } from '../../core/poses/resample.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { networkInput, type NetworkInput } from '../../native/inference/generator/network-input.ts';
import { placeOn } from '../../native/inference/pipeline/canvas.ts';
import { VIDEO_FRAMES } from '../../native/inference/pipeline/pose-video.ts';
import { composite } from '../../native/media/picture-tasks.ts';
import { readPicture } from '../../native/media/read-picture.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import { readSkeletonPictures } from '../../native/poses/skeleton-pictures.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const asset = (path: string): string => join(import.meta.dirname, '../../assets', path);
const EXAMPLE = asset('examples/charactershot');
const CANVAS = { width: 720, height: 480 };

const pixels = async (path: string): Promise<Uint8Array> => composite(await readPicture(path), [0, 0, 0]).rgb;

/** Rows from the first to the last that hold something else than the background. */
function rows(rgb: Uint8Array, width: number, background: number): [first: number, last: number] {
  const drawn = Array.from({ length: rgb.length / width / 3 }, (_, y) => y).filter((y) =>
    rgb.subarray(y * width * 3, (y + 1) * width * 3).some((value) => Math.abs(value - background) > 40),
  );
  return [drawn[0] ?? NaN, drawn.at(-1) ?? NaN];
}

describe('the published example', () => {
  let poses: PoseSequence;
  let input: NetworkInput;

  beforeAll(async () => {
    poses = resamplePoses(await readSkeletonPictures(join(EXAMPLE, 'poses'), { fps: 10 }), { frames: VIDEO_FRAMES });
    input = await networkInput(
      {
        ...{ image: join(EXAMPLE, 'views/view0.png'), views: join(EXAMPLE, 'views'), poses, size: 256 },
        network: { model: 'unused', skeletonPictures: join(EXAMPLE, 'poses') },
      },
      '4d',
      CANVAS,
    );
  }, 120_000);

  it('is given to the networks as it is, pixel by pixel: 21 views and the first 25 pose pictures', async () => {
    expect({ views: input.views.length, poses: input.poses.length, frames: input.frames }).toEqual({
      ...{ views: 21, poses: 25, frames: 25 },
    });
    for (const view of [0, 20]) {
      expect(input.views[view]?.rgb).toEqual(await pixels(join(EXAMPLE, `views/view${view}.png`)));
    }
    for (const pose of [0, 10, 24]) {
      expect(input.poses[pose]?.rgb).toEqual(await pixels(join(EXAMPLE, `poses/${pose}.png`)));
    }
  });

  it('has a reference pose over view 0', () => {
    const [top, bottom] = rows(input.views[0]?.rgb ?? new Uint8Array(), CANVAS.width, 255);
    const [head, feet] = rows(input.referencePose.rgb, CANVAS.width, 0);
    expect(head).toBeGreaterThan(top);
    expect(head).toBeLessThan(top + 60);
    expect(feet).toBeLessThan(bottom);
    expect(feet).toBeGreaterThan(bottom - 60);
  });
});

describe('one picture and a motion', () => {
  it("becomes 21 views by the puppet and poses of the character's size; of few poses the last is held", async () => {
    const warnings: string[] = [];
    const poses = resamplePoses(await readBuiltInMotion('dance'), { frames: 9 });
    const input = await networkInput(
      { image: asset('characters/cyborg.png'), poses, size: 256, network: { model: 'unused' } },
      '4d',
      { width: 144, height: 96 },
      { onWarning: (message) => warnings.push(message) },
    );
    expect({ views: input.views.length, poses: input.poses.length, frames: input.frames }).toEqual({
      ...{ views: 21, poses: VIDEO_FRAMES, frames: 9 },
    });
    expect(input.poses[24]).toBe(input.poses[8]);
    expect(input.poses[7]?.rgb).not.toEqual(input.poses[8]?.rgb);
    expect(warnings.filter((message) => message.includes('--views'))).toHaveLength(1);
    expect(warnings.filter((message) => message.includes('the last of 9 poses is held'))).toHaveLength(1);
    const [, floor] = rows(input.views[0]?.rgb ?? new Uint8Array(), 144, 255);
    const [, feet] = rows(input.poses[0]?.rgb ?? new Uint8Array(), 144, 0);
    expect(Math.abs(floor - feet)).toBeLessThan(10);
  });

  it('takes the joints of a file that lies over the picture', async () => {
    const folder = await temporaryFolder();
    const poses = resamplePoses(await readBuiltInMotion('wave'), { frames: 1 });
    const image = asset('characters/cyborg.png');
    const { width, height } = await readPicture(image);
    // The motion stands still at first: its pose, as large as the picture, is no worse a rest pose than another.
    const rest = {
      ...poses,
      width,
      height,
      frames: poses.frames.map(({ keypoints }) => ({
        keypoints: keypoints.map((value, k) =>
          k % 3 === 0 ? (value * width) / poses.width : k % 3 === 1 ? (value * height) / poses.height : value,
        ),
      })),
    };
    await writeFile(join(folder, 'rest.json'), writePoses(rest));
    const input = await networkInput(
      { image, poses, restPose: join(folder, 'rest.json'), size: 256, network: { model: 'unused' } },
      '2d',
      CANVAS,
    );
    expect(input.views).toHaveLength(1);
    const [, feet] = rows(input.referencePose.rgb, CANVAS.width, 0);
    const lowest = (poses.frames[0]?.keypoints ?? new Float32Array()).reduce(
      (most, value, k, all) =>
        k % 3 === 1 && (all[k + 1] ?? 0) > 0.3 && k < 17 * 3 ? Math.max(most, value / poses.height) : most,
      0,
    );
    const place = placeOn(CANVAS, { width, height });
    expect(Math.abs(feet - (place.y + lowest * place.height))).toBeLessThan(10);
  });

  it('needs all 21 views where views are given', async () => {
    const views = join(await temporaryFolder(), 'views');
    await mkdir(views);
    for (let view = 0; view < 20; view++) await cp(join(EXAMPLE, 'views/view0.png'), join(views, `view${view}.png`));
    const poses = await readBuiltInMotion('wave');
    await expect(
      networkInput({ image: asset('characters/cyborg.png'), views, poses, size: 256 }, '4d', CANVAS),
    ).rejects.toThrow(/lacks the picture of view 20; the ring has 21/);
  });
});
