import { join, relative } from 'node:path';
import { frameTime } from '../../core/frame-time.ts';
import { ringCameras } from '../../core/ring.ts';
import { duration, ProgressPrinter } from '../../main/cli/progress-printer.ts';
import { qualityLine } from '../../main/cli/quality-line.ts';
import { writeFileAtomic } from '../../native/files/atomic.ts';
import { contactSheet } from '../../native/media/contact-sheet.ts';
import { JOB_FILES, type JobRequest } from '../../native/pipeline/job.ts';
import { runJob } from '../../native/pipeline/run-job.ts';
import { SceneRenderer } from '../../native/render.ts';
import { readSceneFile } from '../../native/scene-file.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A file that comes with the studio. */
export const asset = (path: string): string => join(ROOT, 'assets', path);

/** Front, half left, left, back, right, half right. */
const SHEET_VIEWS = [0, 3, 5, 10, 16, 18];
const SHEET_FRAMES = 7;
const SHEET_SIZE = 192;

/** The whole job into a folder of the project, with a sheet of its scene beside, and what came of it on stdout. */
export async function runDemo(
  folder: string,
  request: Omit<JobRequest, 'generator' | 'preset' | 'seed'>,
): Promise<void> {
  const began = performance.now();
  const out = join(ROOT, folder);
  const printer = new ProgressPrinter(process.stderr);
  const { stages, facts } = await runJob({ ...request, generator: 'puppet', preset: 'draft', seed: 0 }, out, {
    onProgress: printer.handle.bind(printer),
    onWarning: printer.line.bind(printer),
  });
  const sheet = join(out, 'views.png');
  await writeFileAtomic(sheet, await drawSheet(join(out, JOB_FILES.scene)));

  const show = (name: string): string => relative(process.cwd(), join(out, name));
  const { poses, generate, optimise, ply, turntable } = facts;
  console.log(`poses      ${show(JOB_FILES.poses)} (${poses.frames} poses)`);
  console.log(`clip       ${show(JOB_FILES.clip)} (${generate.views} views, ${generate.frames} frames)`);
  console.log(`scene      ${show(JOB_FILES.scene)} (${optimise.gaussians} Gaussians)`);
  console.log(`sequence   ${show(JOB_FILES.ply)} (${ply.files} PLY files)`);
  console.log(`turntable  ${show(JOB_FILES.turntable)} (${turntable.frames} pictures)`);
  console.log(`sheet      ${show('views.png')} (views ${SHEET_VIEWS.join(', ')} over time)`);
  console.log(qualityLine('the scene against its clip', optimise.training));
  const times = stages.map(({ stage, seconds }) => `${stage} ${duration(seconds)}`);
  console.log(`done in ${duration((performance.now() - began) / 1000)} (${times.join(', ')})`);
}

/** One row a view, one column a moment. */
async function drawSheet(path: string): Promise<Uint8Array> {
  const scene = await readSceneFile(path);
  const cameras = ringCameras(SHEET_SIZE);
  const renderer = new SceneRenderer(scene);
  try {
    const rows: Uint8Array[][] = SHEET_VIEWS.map(() => []);
    for (let column = 0; column < SHEET_FRAMES; column++) {
      for (const [row, view] of SHEET_VIEWS.entries()) {
        const camera = cameras[view];
        if (camera) rows[row]?.push(await renderer.render(camera, frameTime(column, SHEET_FRAMES)));
      }
    }
    const pictures = rows.flat().map((rgb) => ({ width: SHEET_SIZE, height: SHEET_SIZE, rgb }));
    return contactSheet(pictures, { columns: SHEET_FRAMES });
  } finally {
    renderer.dispose();
  }
}
