import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Camera } from '../../../core/camera.ts';
import { frameTime } from '../../../core/frame-time.ts';
import { asTask } from '../../../core/progress.ts';
import { turntableCamera } from '../../../core/ring.ts';
import { writeFolder } from '../../../native/export/output-place.ts';
import { frameFileName } from '../../../native/export/ply-sequence.ts';
import { decodePng, encodePng } from '../../../native/media/png.ts';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';
import { checkFrames, filesIn, megabytes, notVerified, VERIFYING, type ExportRun } from './export-run.ts';
import { cameraOf, ScenePictures } from './scene-pictures.ts';

type PicturesTarget = Extract<ExportTarget, { kind: 'pictures' }>;

/** Writes one PNG picture a frame and decodes all of them. */
export async function exportPictures({ run, scene, place }: ExportRun, target: PicturesTarget): Promise<string> {
  const { size, frames, background } = target;
  checkFrames(frames, scene);
  const [width, height] = size;
  const [first, last] = frames;
  const total = last - first + 1;
  const camera = cameraFor(target, run.project().document(), total);
  const { signal, report, order } = run;
  const pictures = new ScenePictures(scene, background, order.threads);
  try {
    await writeFolder(place, 'pictures', (folder) =>
      asTask(report.onProgress, { task: 'Rendering pictures', total, unit: 'pictures' }, async (tick) => {
        for (let index = 0; index < total; index++) {
          signal.throwIfAborted();
          const picture = await pictures.render(camera(index), frameTime(first + index, scene.frames));
          const name = frameFileName(first + index + 1, 'png');
          await writeFile(join(folder, name), encodePng(picture, width, height));
          tick(index + 1);
        }
      }),
    );
  } finally {
    pictures.dispose();
  }
  const { paths, bytes } = await filesIn(place, '.png');
  if (paths.length !== total) throw notVerified(`${place} has ${paths.length} pictures`);
  await asTask(report.onProgress, { task: VERIFYING, total, unit: 'pictures' }, async (tick) => {
    for (const [index, path] of paths.entries()) {
      signal.throwIfAborted();
      await verifyPng(path, size);
      tick(index + 1);
    }
  });
  return `${total} PNG pictures, ${megabytes(bytes)}; read back: all are whole, ${width}x${height}.`;
}

function cameraFor(
  { camera, size }: PicturesTarget,
  document: Parameters<typeof cameraOf>[0],
  total: number,
): (index: number) => Camera {
  if (camera === 'turntable') return (index) => turntableCamera((2 * Math.PI * index) / total, ...size);
  const fixed = cameraOf(document, camera, size);
  return () => fixed;
}

/** Throws an `AppError` unless a file is a whole PNG picture of that size. */
export async function verifyPng(path: string, [width, height]: readonly [number, number]): Promise<void> {
  const found = decodePng(await readFile(path), basename(path));
  if (found.width !== width || found.height !== height) {
    throw notVerified(`${basename(path)} was ${found.width}x${found.height}`);
  }
}
