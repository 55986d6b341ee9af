import { stat } from 'node:fs/promises';
import { writePly } from '../../../core/formats/ply.ts';
import { frameTime } from '../../../core/frame-time.ts';
import { writeFileAtomic } from '../../../native/files/atomic.ts';
import { encodePng } from '../../../native/media/png.ts';
import { SceneRenderer } from '../../../native/render.ts';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';
import { checkFrames, megabytes, type ExportRun } from './export-run.ts';
import { verifyPng } from './pictures.ts';
import { PLY_PRESETS } from './ply-presets.ts';
import { verifyPly } from './ply-sequence.ts';
import { cameraOf, ScenePictures } from './scene-pictures.ts';

type FrameTarget = Extract<ExportTarget, { kind: 'frame' }>;

/** Writes one frame, as a picture or as a cloud, and reads it back. */
export function exportFrame(run: ExportRun, target: FrameTarget): Promise<string> {
  checkFrames([target.frame, target.frame], run.scene);
  return target.format === 'png' ? exportPng(run, target) : exportPly(run, target);
}

async function exportPng(
  { run, scene, place }: ExportRun,
  { frame, size, camera, background }: FrameTarget,
): Promise<string> {
  const [width, height] = size;
  const pictures = new ScenePictures(scene, background, run.order.threads);
  try {
    const view = cameraOf(run.project().document(), camera, size);
    const picture = await pictures.render(view, frameTime(frame, scene.frames));
    run.signal.throwIfAborted();
    await writeFileAtomic(place, encodePng(picture, width, height));
  } finally {
    pictures.dispose();
  }
  await verifyPng(place, size);
  return `PNG picture, ${megabytes((await stat(place)).size)}; read back: whole, ${width}x${height}.`;
}

async function exportPly({ run, scene, place }: ExportRun, { frame }: FrameTarget): Promise<string> {
  const renderer = new SceneRenderer(scene);
  try {
    const gaussians = renderer.at(frameTime(frame, scene.frames));
    run.signal.throwIfAborted();
    await writeFileAtomic(place, writePly(gaussians, PLY_PRESETS.supersplat));
  } finally {
    renderer.dispose();
  }
  const { count } = scene.gaussians;
  await verifyPly(place, count, 14);
  return `PLY file, ${megabytes((await stat(place)).size)}; read back: ${count} finite Gaussians.`;
}
