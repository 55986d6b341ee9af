// From the bundled sample clip to everything the studio makes of one, in a few minutes: scene, PLY sequence, turntable,
// and a sheet that shows views the optimisation has not seen beside the truth.
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Clip } from '../../core/clip.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { frameTime } from '../../core/frame-time.ts';
import { duration, ProgressPrinter } from '../../main/cli/progress-printer.ts';
import { trainingProgress } from '../../native/training/training-progress.ts';
import { writePlySequence } from '../../native/export/ply-sequence.ts';
import { turntableSeconds, writeTurntableVideo } from '../../native/export/turntable.ts';
import { writeFileAtomic } from '../../native/files/atomic.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { contactSheet } from '../../native/media/contact-sheet.ts';
import { SceneRenderer } from '../../native/render.ts';
import { writeSceneFile } from '../../native/scene-file.ts';
import { optimize } from '../../native/training/optimize.ts';

const ROOT = join(import.meta.dirname, '../..');
const OUT = join(ROOT, 'demo-output');
const HOLDOUT = [5, 11];
const SHEET_COLUMNS = 7;
const VIDEO = { width: 384, height: 384, fps: 30 };

const began = performance.now();
const printer = new ProgressPrinter(process.stderr);
const onProgress = printer.handle.bind(printer);

await mkdir(OUT, { recursive: true });
const clip = await readClip(join(ROOT, 'assets/sample'), { onProgress });

const { onEvent, end } = trainingProgress(onProgress, printer.line.bind(printer));
const { scene, report } = await optimize(clip, { preset: 'draft', holdout: HOLDOUT, onEvent });
end('end');

const files = {
  scene: join(OUT, 'scene.4dgs'),
  ply: join(OUT, 'ply'),
  turntable: join(OUT, 'turntable.mp4'),
  sheet: join(OUT, 'held-out-views.png'),
};
await writeSceneFile(files.scene, scene);
await writePlySequence(scene, files.ply, { sh: 'dc', axes: 'y-down', first: 1, last: scene.frames, onProgress });
const frames = Math.round(turntableSeconds(scene) * VIDEO.fps);
await writeTurntableVideo(scene, files.turntable, { ...VIDEO, frames, onProgress });
await writeFileAtomic(files.sheet, await drawSheet(scene, clip));

const show = (path: string): string => relative(process.cwd(), path);
console.log(`scene      ${show(files.scene)} (${report.gaussians} Gaussians, ${report.iterations} iterations)`);
console.log(`sequence   ${show(files.ply)} (${scene.frames} PLY files)`);
console.log(`turntable  ${show(files.turntable)}`);
console.log(
  `sheet      ${show(files.sheet)} (above the truth, below the rendering, of views ${HOLDOUT.join(' and ')})`,
);
const { psnr, foregroundPsnr, ssim } = report.holdout ?? report.training;
const values = `PSNR ${psnr.toFixed(2)} dB (character alone ${foregroundPsnr.toFixed(2)} dB), SSIM ${ssim.toFixed(4)}`;
console.log(`held-out views ${HOLDOUT.join(', ')}: ${values}`);
console.log(`done in ${duration((performance.now() - began) / 1000)}`);

/** Two rows a held-out view, truth and rendering, over the time of the clip. */
async function drawSheet(scene: Scene, clip: Clip): Promise<Uint8Array> {
  const { width, height } = clip;
  const times = Array.from({ length: SHEET_COLUMNS }, (_, i) =>
    Math.round(frameTime(i, SHEET_COLUMNS) * (clip.frames - 1)),
  );
  const renderer = new SceneRenderer(scene);
  try {
    const rows: Uint8Array[] = [];
    for (const view of HOLDOUT) {
      const camera = clip.cameras[view];
      if (!camera) throw new RangeError(`the sample has no view ${view}`);
      rows.push(...times.map((frame) => clip.images[view]?.[frame] ?? new Uint8Array()));
      for (const frame of times) rows.push(await renderer.render(camera, frameTime(frame, clip.frames)));
    }
    const pictures = rows.map((rgb) => ({ width, height, rgb: Uint8Array.from(rgb) }));
    return contactSheet(pictures, { columns: SHEET_COLUMNS });
  } finally {
    renderer.dispose();
  }
}
