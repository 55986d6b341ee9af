import { stat } from 'node:fs/promises';
import { asTask } from '../../../core/progress.ts';
import { turntableCamera } from '../../../core/ring.ts';
import { turntableStep } from '../../../native/export/turntable.ts';
import { encodeVideo } from '../../../native/media/encode-video.ts';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';
import { megabytes, type ExportRun } from './export-run.ts';
import { ScenePictures } from './scene-pictures.ts';
import { verifyVideo } from './verify-video.ts';

/** Writes a turntable video, MP4 on a colour or WebM without one, and decodes it again. */
export async function exportTurntable(
  { run, scene, place }: ExportRun,
  { size: [width, height], fps, seconds, turns, background }: Extract<ExportTarget, { kind: 'turntable' }>,
): Promise<string> {
  const { signal, report, order } = run;
  const frames = Math.max(1, Math.round(seconds * fps));
  const total = frames * turns;
  const pictures = new ScenePictures(scene, background, order.threads);
  try {
    await asTask(report.onProgress, { task: 'Rendering turntable', total, unit: 'pictures' }, (tick) => {
      const rendered = async function* (): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < total; index++) {
          signal.throwIfAborted();
          const { angle, time } = turntableStep(scene, { width, height, fps, frames }, index);
          yield await pictures.render(turntableCamera(angle, width, height), time);
          tick(index + 1);
        }
      };
      const look = background ? { background } : { transparent: true };
      return encodeVideo({ fps, width, height, frames: rendered(), out: place, signal, ...look });
    });
  } finally {
    pictures.dispose();
  }
  await verifyVideo(place, { width, height, frames: total, fps, transparent: background === null }, run);
  const { size } = await stat(place);
  const kind = background ? 'MP4 video' : 'transparent WebM video';
  return `${kind}, ${megabytes(size)}; read back: ${total} pictures of ${width}x${height} at ${fps} a second.`;
}
