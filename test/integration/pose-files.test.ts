import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePoses } from '../../core/formats/poses.ts';
import { hasAnyone } from '../../core/poses/has-anyone.ts';
import type { Motion } from '../../core/poses/motion.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { frameMotion, projectMotion } from '../../core/poses/project-motion.ts';
import { BODY, OPENPOSE18 } from '../../core/poses/skeleton.ts';
import { ringCameras } from '../../core/ring.ts';
import { readMotionFile, readPoseFile, writeOpenPoseFolder } from '../../native/poses/pose-files.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/poses', name);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pose-files-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** A new folder with these files. */
async function folderOf(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

const openPose = (x: number): string =>
  JSON.stringify({
    people: [{ pose_keypoints_2d: Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? 0.9 : x + i)) }],
  });

const noses = ({ frames }: PoseSequence): number[] => frames.map(({ keypoints }) => keypoints[0] ?? NaN);

describe('readPoseFile', () => {
  it('reads poses.json under any name', async () => {
    const copy = join(root, 'something.txt');
    await copyFile(fixture('jumping_jacks_poses.json'), copy);
    const sequence = await readPoseFile(copy);
    expect(sequence).toMatchObject({ skeleton: 'openpose18', fps: 12, width: 256 });
    expect(sequence.frames).toHaveLength(13);
    expect(hasAnyone(sequence)).toBe(true);
  });

  it('reads a folder of OpenPose files in the order of their numbers', async () => {
    const folder = await folderOf('numbers', {
      'a_10_keypoints.json': openPose(30),
      'a_9_keypoints.json': openPose(20),
      'a_1_keypoints.json': openPose(10),
      'notes.txt': 'no pose',
    });
    expect(noses(await readPoseFile(folder, { fps: 24 }))).toEqual([10, 20, 30]);
  });

  it("reads an editor's file, in parts of its canvas", async () => {
    const sequence = await readPoseFile(fixture('openpose_editor.json'));
    expect(sequence).toMatchObject({ skeleton: 'coco-wholebody133', width: 768, height: 512 });
    expect(noses(sequence)[0]).toBeCloseTo(367);
  });

  it('reads COCO annotations, the largest person of each image', async () => {
    const sequence = await readPoseFile(fixture('coco_person_keypoints.json'));
    expect(sequence).toMatchObject({ skeleton: 'openpose18', width: 640, height: 429 });
    expect(noses(sequence)).toEqual([367, 297]);
  });

  it('names the file that is wrong in a folder', async () => {
    const folder = await folderOf('mixed', { '1.json': openPose(1), '2.json': '{"people": 3}', '3.json': openPose(3) });
    await expect(readPoseFile(folder)).rejects.toThrow(join(folder, '2.json'));
    await writeFile(join(folder, '2.json'), '');
    await expect(readPoseFile(folder)).rejects.toThrow(`${join(folder, '2.json')} is not valid JSON`);
  });

  it.each([
    ['an empty file', '', 'is not valid JSON'],
    ['other JSON', '{"a": 1}', 'holds no poses'],
    ['a number', '5', 'holds no poses'],
    ['an empty list', '[]', 'holds no poses'],
    ['a deep nest', '['.repeat(100_000) + ']'.repeat(100_000), 'holds no poses'],
    ['NaN', '{"people": [{"pose_keypoints_2d": [NaN]}]}', 'is not valid JSON'],
    ['an infinite number', openPose(1).replace('[1,', '[1e999,'), 'no usable number'],
  ])('refuses %s', async (name, text, message) => {
    const path = join(root, `${name.replaceAll(' ', '-')}.json`);
    await writeFile(path, text);
    await expect(readPoseFile(path)).rejects.toMatchObject({ name: 'AppError' });
    await expect(readPoseFile(path)).rejects.toThrow(message);
  });

  it('refuses what is not there, and folders without poses', async () => {
    await expect(readPoseFile(join(root, 'none.json'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(readPoseFile(await folderOf('bare', {}))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('reads a file in which nobody is seen, and says so', async () => {
    const path = join(root, 'nobody.json');
    const poses = { keypoints: new Float32Array(54) };
    await writeFile(
      path,
      writePoses({ skeleton: 'openpose18', width: 64, height: 64, fps: 8, frames: [poses, poses] }),
    );
    expect(hasAnyone(await readPoseFile(path))).toBe(false);
  });
});

describe('writeOpenPoseFolder', () => {
  it('writes what comes back', async () => {
    const sequence = await readPoseFile(fixture('jumping_jacks_poses.json'));
    const folder = join(root, 'written');
    expect(await writeOpenPoseFolder(sequence, folder)).toBe(13);
    expect((await readdir(folder)).filter((name) => name.endsWith('.json') && !name.startsWith('.'))).toHaveLength(13);
    const again = await readPoseFile(folder, { fps: sequence.fps });
    expect({ ...again, frames: [] }).toEqual({ ...sequence, frames: [] });
    noses(again).forEach((x, frame) => {
      expect(x).toBeCloseTo(noses(sequence)[frame] ?? NaN, 2);
    });
    await writeOpenPoseFolder(sequence, folder); // its own output may be replaced
  });

  it('leaves a folder of others alone', async () => {
    const folder = await folderOf('others', { 'mine.txt': 'x' });
    await expect(writeOpenPoseFolder(await readPoseFile(fixture('jumping_jacks_poses.json')), folder)).rejects.toThrow(
      'holds other files',
    );
  });
});

/** Mean angle between the limbs of two sequences, in degrees. */
function limbAngle(one: PoseSequence, other: PoseSequence): number {
  const limbs = OPENPOSE18.limbs.filter(([from, to]) => from > BODY.neck && to <= BODY.left_ankle);
  const direction = (sequence: PoseSequence, frame: number, from: number, to: number): [number, number] => {
    const keypoints = sequence.frames[frame]?.keypoints ?? [];
    const of = (axis: number): number => (keypoints[to * 3 + axis] ?? NaN) - (keypoints[from * 3 + axis] ?? NaN);
    return [of(0), of(1)];
  };
  const angles = one.frames.flatMap((_, frame) =>
    limbs.map(([from, to]) => {
      const [[ax, ay], [bx, by]] = [direction(one, frame, from, to), direction(other, frame, from, to)];
      return Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by));
    }),
  );
  return ((angles.reduce((sum, angle) => sum + angle, 0) / angles.length) * 180) / Math.PI;
}

describe('readMotionFile', () => {
  const camera = ringCameras(256)[0];
  const seen = (motion: Motion): PoseSequence => {
    if (!camera) throw new Error('no ring');
    return projectMotion(frameMotion(motion), camera, { frames: 13, fps: 12 });
  };

  it('sees a recorded motion as other software does, limb by limb', async () => {
    const [motion, truth] = [
      await readMotionFile(fixture('jumping_jacks.bvh')),
      await readPoseFile(fixture('jumping_jacks_poses.json')),
    ];
    expect(motion.fps).toBe(30);
    expect(limbAngle(seen(motion), truth)).toBeLessThan(2.5);
  });

  it('goes by the content, not by the name', async () => {
    const copy = join(root, 'dance.glb');
    await copyFile(fixture('jumping_jacks.bvh'), copy);
    expect((await readMotionFile(copy)).frames).toHaveLength(31);
  });

  it.each([
    ['an empty file', ''],
    ['poses', '{"format": "charactershot-poses"}'],
    ['text', 'walk'],
  ])('refuses %s', async (_, text) => {
    const path = join(root, 'motion.bin');
    await writeFile(path, text);
    await expect(readMotionFile(path)).rejects.toThrow(`${path} holds no motion that can be read`);
  });

  it('survives every cut of a file', async () => {
    const whole = await readFile(fixture('jumping_jacks.bvh'));
    const path = join(root, 'cut.bvh');
    for (let part = 1; part < 20; part++) {
      await writeFile(path, whole.subarray(0, Math.floor((whole.length * part) / 20)));
      await expect(readMotionFile(path)).rejects.toMatchObject({ name: 'AppError', code: 'bad-input' });
    }
  });
});
