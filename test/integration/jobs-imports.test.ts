import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { poseRecords, recordOf } from '../../core/document/document.ts';
import { readPoses } from '../../core/formats/poses.ts';
import { drawSkeleton } from '../../core/poses/draw/draw-skeleton.ts';
import { sequenceOf } from '../../main/engine/pose-records.ts';
import { importHandlers } from '../../main/studio/handlers/import-handlers.ts';
import { modelsHandlers, noteCheck } from '../../main/studio/handlers/models-handlers.ts';
import { motionsHandlers } from '../../main/studio/handlers/motions-handlers.ts';
import { onJobDone } from '../../main/studio/jobs/on-job-done.ts';
import { Rates } from '../../main/studio/jobs/rates.ts';
import { encodeVideo, findFfmpeg } from '../../native/media/ffmpeg.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import { writeOpenPoseFolder } from '../../native/poses/pose-files.ts';
import { PROJECT, StudioJobs } from '../helpers/studio-jobs.ts';
import { writeToyCheckpoint } from '../helpers/toy-checkpoint.ts';

const context = { files: [], window: 1 };

/** Handlers whose dialogs always choose `chosen`. */
const importsOf = (studio: StudioJobs, chosen: string | null = null) =>
  importHandlers({
    ...{ tools: studio.tools, projectName: () => 'A/B' },
    dialogs: {
      chooseFiles: () => Promise.resolve(chosen === null ? null : [chosen]),
      choosePlace: ({ name }) => Promise.resolve(chosen === null ? null : join(chosen, name)),
    },
    document: () => ({ document: studio.document, path: studio.file.path }),
  });

it('pictures are kept upright and as browsers show them; what is none is refused in a sentence', async () => {
  const studio = await StudioJobs.open();
  const { importPicture, pastePicture } = importsOf(studio);
  const open = (path: string, use: 'character' | 'mask' = 'character') =>
    importPicture({ project: PROJECT, use }, { files: [path], window: 1 });
  const at = (name: string): string => join(studio.folder, name);
  const plain = sharp({ create: { width: 40, height: 20, channels: 3, background: '#f00' } });

  // Turned by its camera, with a note of where: neither stays.
  await writeFile(at('turned.jpg'), await plain.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer());
  const turned = await open(at('turned.jpg'));
  expect(turned).toMatchObject({ fileName: 'turned.jpg', width: 20, height: 40 });
  const kept = await sharp(studio.file.asset(turned?.asset ?? '')).metadata();
  expect(kept).toMatchObject({ format: 'png', width: 20, height: 40 });
  expect(kept.exif).toBeUndefined();

  const png = await plain.clone().png().toBuffer();
  const pasted = await pastePicture({ project: PROJECT, picture: png }, context);
  expect(Buffer.from(studio.file.asset(pasted.asset))).toEqual(png);
  expect(pasted.fileName).toBe('Pasted picture');

  studio.character({ picture: pasted.asset, width: 40, height: 20 });
  await expect(open(at('turned.jpg'), 'mask')).rejects.toThrow(
    'turned.jpg has 20x40 pixels and the picture 40x20; make both the same size.',
  );
  await writeFile(at('letter.png'), 'Dear friend');
  await expect(open(at('letter.png'))).rejects.toThrow(/^letter\.png is no picture that can be read/);
  await writeFile(at('a.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  await expect(open(at('a.svg'))).rejects.toThrow(/^a\.svg is a file of kind svg/);
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(2 ** 30, 16);
  await expect(pastePicture({ project: PROJECT, picture: bomb }, context)).rejects.toThrow(/^The pasted picture/);
  expect(await importPicture({ project: PROJECT, use: 'view' }, context)).toBeNull();
}, 60_000);

it('a folder of 21 views is kept in order; one that is not whole is refused', async () => {
  const studio = await StudioJobs.open();
  const { importViews } = importsOf(studio);
  const folder = join(studio.folder, 'views');
  await mkdir(folder);
  const views = await Promise.all(
    Array.from({ length: 21 }, async (_, view) => {
      const background = { r: view * 12, g: 0, b: 0 };
      const png = await sharp({ create: { width: 20, height: 20, channels: 3, background } })
        .png()
        .toBuffer();
      await writeFile(join(folder, `view${view}.png`), png);
      return png;
    }),
  );
  const ids = (await importViews({ project: PROJECT }, { files: [folder], window: 1 })) ?? [];
  expect(ids.map((id) => Buffer.from(studio.file.asset(id ?? '')))).toEqual(views);
  const paths = [join(folder, 'view3.png')];
  await expect(importViews({ project: PROJECT }, { files: paths, window: 1 })).rejects.toThrow(/is one picture/);
}, 60_000);

it('poses come from a video, from OpenPose files and from a motion, and go out again', async () => {
  const studio = await StudioJobs.open();
  const walk = await readBuiltInMotion('walk');
  const frames = walk.frames.slice(0, 6);
  const size = { width: walk.width, height: walk.height };
  const video = join(studio.folder, 'dance.mp4');
  const drawn = frames.map((pose) => drawSkeleton([pose], walk.skeleton, size, size));
  await encodeVideo({ fps: 6, ...size, frames: drawn, out: video });

  await studio.run({ kind: 'poses' }, { files: [video] });
  const motion = recordOf(studio.document, 'motion');
  expect(motion).toMatchObject({ name: 'dance', source: 'video', frames: 6, fps: 6, ...size });
  // H.264 in an MP4 is kept as it is.
  expect(Buffer.from(studio.file.asset(motion?.video ?? ''))).toEqual(await readFile(video));

  // Another container is not.
  const avi = join(studio.folder, 'dance.avi');
  const { path: ffmpeg } = await findFfmpeg();
  await promisify(execFile)(ffmpeg, ['-loglevel', 'error', '-i', video, '-c:v', 'mpeg4', '-q:v', '2', avi]);
  await studio.run({ kind: 'poses' }, { files: [avi] });
  const kept = studio.file.asset(recordOf(studio.document, 'motion')?.video ?? '');
  expect(Buffer.from(kept.subarray(4, 8)).toString('latin1')).toBe('ftyp');

  // Files that are chosen one by one, in any order; a shorter motion takes away the poses of the longer one.
  const folder = join(studio.folder, 'openpose');
  await writeOpenPoseFolder({ ...walk, frames: frames.slice(0, 3) }, folder);
  const files = [3, 1, 2].map((n) => join(folder, `frame_0000${n}_keypoints.json`));
  await studio.run({ kind: 'poses' }, { files });
  expect(recordOf(studio.document, 'motion')).toMatchObject({ source: 'file', frames: 3, video: null });
  expect([...studio.document.values()].filter(({ type }) => type === 'pose')).toHaveLength(3);
  const [first] = poseRecords(studio.document);
  expect(first).toMatchObject({ original: null, keys: [], hidden: [] });

  const { exportPoses } = importsOf(studio, studio.folder);
  const written = await exportPoses({ project: PROJECT, format: 'poses' }, context);
  expect(written).toEqual({ fileName: 'A B poses.json' });
  const back = readPoses(await readFile(join(studio.folder, 'A B poses.json')));
  const asked = sequenceOf(studio.document);
  expect(back.frames.map(({ keypoints }) => keypoints)).toEqual(asked?.frames.map(({ keypoints }) => keypoints));
  await exportPoses({ project: PROJECT, format: 'openpose' }, context);
  expect(await readFile(join(studio.folder, 'A B openpose', 'frame_00003_keypoints.json'), 'utf8')).toContain('people');

  const mixed = studio.add({ kind: 'poses' }, { files: [video, ...files] });
  expect((await studio.become(mixed, 'failed')).error).toMatch(/^Several files at once must all be pictures/);
}, 60_000);

it('built-in motions have previews and poses', async () => {
  const { motions, motion } = motionsHandlers();
  const known = await motions(undefined, context);
  expect(known.map(({ name }) => name)).toContain('walk');
  expect(known.every(({ preview }) => preview.length === 8 && preview.every((pose) => pose.length === 54))).toBe(true);
  expect(await motion({ name: 'walk' }, context)).toMatchObject({ name: 'walk', skeleton: 'coco-wholebody133' });
  await expect(motion({ name: '../../package' }, context)).rejects.toThrow('There is no built-in motion');
});

it('models are opened, planned and checked in processes of their own', async () => {
  const studio = await StudioJobs.open({
    onDone: (job, outcome) => {
      onDone(job, outcome);
    },
  });
  const announced: unknown[] = [];
  const options = {
    ...{ store: studio.library.models, tools: studio.tools },
    announce: (_: string, payload: unknown) => announced.push(payload),
    dialogs: { chooseFiles: () => Promise.resolve(null), choosePlace: () => Promise.resolve(null) },
  };
  const onDone = onJobDone({
    rates: new Rates(studio.library.settings),
    document: () => studio.document,
    noteCheck: (model, findings) => {
      noteCheck(options, model, findings);
    },
  });
  const { add, list, plan, remove, devices } = modelsHandlers(options);
  const folder = join(studio.folder, 'toy');
  await writeToyCheckpoint(folder);
  await expect(add(undefined, { files: [studio.folder], window: 1 })).rejects.toThrow(/\.$/);
  expect(await add(undefined, context)).toBeNull();
  const model = await add(undefined, { files: [folder], window: 1 });
  expect(model).toMatchObject({ name: 'toy', kind: '4d', missing: false, check: { findings: [] } });
  // Once more is the same model.
  expect((await add(undefined, { files: [folder], window: 1 }))?.id).toBe(model?.id);
  expect(await list(undefined, context)).toHaveLength(1);
  const id = model?.id ?? '';
  const { fits, lines } = await plan({ model: id }, context);
  expect(fits).toBe(true);
  expect(lines[0]).toMatch(/^The networks run on/);
  expect((await devices(undefined, context)).at(-1)).toMatchObject({ provider: 'cpu', usable: true });

  await writeFile(join(folder, 'vae', 'diffusion_pytorch_model.safetensors.incomplete'), 'half');
  const { result } = await studio.run({ kind: 'check-model', model: id }, { project: null });
  expect(result).toMatch(/^The checkpoint/);
  expect(studio.library.models.get(id)?.check?.findings).toBeInstanceOf(Array);
  await remove({ model: id }, context);
  expect(await list(undefined, context)).toEqual([]);
  expect(announced.length).toBeGreaterThanOrEqual(3);
}, 60_000);
