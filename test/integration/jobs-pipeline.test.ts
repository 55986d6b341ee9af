import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { recordOf } from '../../core/document/document.ts';
import { readPly } from '../../core/formats/ply.ts';
import { readScene } from '../../core/formats/scene.ts';
import { recordsOfSequence, sequenceOf } from '../../main/engine/pose-records.ts';
import { motionChange } from '../../main/engine/tasks/poses.ts';
import { importHandlers } from '../../main/studio/handlers/import-handlers.ts';
import { decodePng } from '../../native/media/png.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import type { ExportTarget } from '../../preload/contract/jobs.ts';
import { PROJECT, StudioJobs } from '../helpers/studio-jobs.ts';

const CYBORG = join(import.meta.dirname, '../../assets/characters/cyborg.png');
const NO_DIALOGS = { chooseFiles: () => Promise.resolve(null), choosePlace: () => Promise.resolve(null) };

it('a picture and a motion become a clip, a scene and files for other programs', async () => {
  const studio = await StudioJobs.open();
  const { importPicture } = importHandlers({
    ...{ tools: studio.tools, dialogs: NO_DIALOGS, projectName: () => 'A' },
    document: () => ({ document: studio.document, path: studio.file.path }),
  });
  const picture = await importPicture({ project: PROJECT, use: 'character' }, { files: [CYBORG], window: 1 });
  if (!picture) throw new Error('The picture was given.');
  studio.character({ picture: picture.asset, width: picture.width, height: picture.height });
  const walk = await readBuiltInMotion('walk');
  const about = { name: 'walk', source: 'built-in', video: null } as const;
  studio.file.apply(motionChange(studio.document, recordsOfSequence(walk, about)));
  expect(sequenceOf(studio.document)?.frames).toHaveLength(walk.frames.length);
  studio.settings({ size: 64, frames: 4, preset: 'draft', iterations: 150 });

  const [restPose, generate] = [studio.add({ kind: 'rest-pose' }), studio.add({ kind: 'generate' })];
  const optimise = studio.add({ kind: 'optimise' }, { after: generate.id });
  expect((await studio.become(restPose, 'done')).result).toBe('Found 18 of 18 joints.');
  expect(recordOf(studio.document, 'character')?.restPose).toHaveLength(54);
  await studio.become(generate, 'done');
  const clip = recordOf(studio.document, 'clip');
  expect(clip).toMatchObject({ width: 64, height: 64, frames: 4, madeBy: 'puppet', replaced: [] });
  expect(clip?.pictures.flat().every((id) => studio.file.hasAsset(id))).toBe(true);
  expect(studio.queue.log(generate.id).map(({ text }) => text)).toEqual([
    "The poses are resampled from 25 to 4, one a frame of the clip.",
  ]); // prettier-ignore
  await studio.become(optimise, 'done');
  const record = recordOf(studio.document, 'scene');
  if (!record) throw new Error('There is a scene now.');
  expect(record).toMatchObject({ frames: 4, iterations: 150, preset: 'draft' });
  expect(record.framePsnr).toHaveLength(4);
  expect(record.frameUncovered).toHaveLength(4);
  expect(record.frameUncovered?.every((share) => share >= 0 && share <= 1)).toBe(true);
  expect(record.curve.length).toBeGreaterThan(0);
  const mean = record.framePsnr.reduce((sum, value) => sum + value) / 4;
  expect(Math.abs(mean - record.psnr)).toBeLessThan(0.5);
  const scene = readScene(studio.file.asset(record.asset), 'scene');
  expect(scene.gaussians.count).toBe(record.gaussians);
  await vi.waitFor(async () => {
    expect(await readdir(studio.workRoot)).toEqual([]);
  });

  const out = join(studio.folder, 'out');
  await mkdir(out);
  const size: [number, number] = [48, 33];
  const write = async (name: string, target: ExportTarget): Promise<string> => {
    const { result } = await studio.run({ kind: 'export', target }, { place: join(out, name) });
    return result ?? '';
  };
  expect(await write('ply', { kind: 'ply-sequence', preset: 'unity', frames: [1, 2] })).toMatch(
    /^2 PLY files, [\d.]+ MB; read back: \d+ finite Gaussians in each\.$/,
  );
  expect((await readdir(join(out, 'ply'))).filter((name) => !name.startsWith('.'))).toEqual([
    'frame_00002.ply',
    'frame_00003.ply',
  ]);
  const ply = await readFile(join(out, 'ply', 'frame_00002.ply'));
  expect(readPly(ply, 'ply').count).toBe(record.gaussians);
  expect(ply.subarray(0, 3000).toString('latin1')).toContain('f_rest_44');

  const turn = { kind: 'turntable', size, fps: 10, seconds: 0.5, turns: 2 } as const;
  expect(await write('a.mp4', { ...turn, background: [0, 0.5, 1] })).toMatch(/read back: 10 pictures of 48x33 at 10/);
  expect(await write('a.webm', { ...turn, background: null })).toMatch(/^transparent WebM.* 10 pictures/);
  const all: [number, number] = [0, 3];
  const pictures = { kind: 'pictures', size, frames: all } as const;
  expect(await write('png', { ...pictures, background: null, camera: 'turntable' })).toMatch(/^4 PNG pictures/);
  const { width, height, rgba } = decodePng(await readFile(join(out, 'png', 'frame_00001.png')), 'png');
  expect([width, height]).toEqual(size);
  const alphas = rgba.filter((_, k) => k % 4 === 3);
  expect([Math.min(...alphas), Math.max(...alphas)]).toEqual([0, 255]);
  const white: [number, number, number] = [1, 1, 1];
  const frame = { kind: 'frame', frame: 2, size, background: white, camera: 5 } as const;
  expect(await write('f.png', { ...frame, format: 'png' })).toMatch(/whole, 48x33/);
  expect(await write('f.ply', { ...frame, format: 'ply' })).toMatch(/finite Gaussians/);
  expect((await readdir(out)).sort()).toEqual(['a.mp4', 'a.webm', 'f.ply', 'f.png', 'ply', 'png']);

  // What does not fit is refused and leaves nothing.
  const refused = studio.add(
    { kind: 'export', target: { ...frame, frame: 9, format: 'png' } },
    { place: join(out, 'x.png') },
  );
  expect((await studio.become(refused, 'failed')).error).toBe(
    'The scene has frames 1 to 4, not 10 to 10; choose others.',
  );
  await writeFile(join(out, 'png', 'mine.txt'), 'precious');
  const inTheWay = studio.add({ kind: 'export', target: { ...pictures, background: null, camera: 0 } }, { place: out });
  expect((await studio.become(inTheWay, 'failed')).error).toMatch(/holds other files/);
  expect(existsSync(join(out, 'x.png'))).toBe(false);
}, 120_000);
