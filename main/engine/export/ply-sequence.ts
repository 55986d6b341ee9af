import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readPly } from '../../../core/formats/ply.ts';
import { parsePlyHeader } from '../../../core/formats/ply-header.ts';
import { asTask } from '../../../core/progress.ts';
import { writePlySequence } from '../../../native/export/ply-sequence.ts';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';
import { checkFrames, filesIn, megabytes, notVerified, VERIFYING, type ExportRun } from './export-run.ts';
import { PLY_PRESETS } from './ply-presets.ts';

/** Floats of a Gaussian in the two layouts. */
const FLOATS = { dc: 14, full: 62 } as const;

/** Writes one PLY file a frame and reads all of them back. */
export async function exportPlySequence(
  { run, scene, place }: ExportRun,
  { preset, frames }: Extract<ExportTarget, { kind: 'ply-sequence' }>,
): Promise<string> {
  checkFrames(frames, scene);
  const [first, last] = frames;
  const options = PLY_PRESETS[preset];
  const { signal, report } = run;
  const during = { signal, onProgress: report.onProgress };
  await writePlySequence(scene, place, { ...options, first: first + 1, last: last + 1, ...during });

  const { paths, bytes } = await filesIn(place, '.ply');
  const { count } = scene.gaussians;
  const task = { task: VERIFYING, total: paths.length, unit: 'files' };
  await asTask(report.onProgress, task, async (tick) => {
    for (const [index, path] of paths.entries()) {
      signal.throwIfAborted();
      await verifyPly(path, count, FLOATS[options.sh]);
      tick(index + 1);
    }
  });
  if (paths.length !== last - first + 1) throw notVerified(`${place} has ${paths.length} PLY files`);
  return `${paths.length} PLY files, ${megabytes(bytes)}; read back: ${count} finite Gaussians in each.`;
}

/** Throws an `AppError` unless a file holds so many Gaussians of so many floats, all finite. */
export async function verifyPly(path: string, count: number, floats: number): Promise<void> {
  const bytes = await readFile(path);
  const header = parsePlyHeader(bytes, path);
  // `readPly` refuses numbers that are not finite.
  const gaussians = readPly(bytes, path);
  if (header.properties.size !== floats || gaussians.count !== count) {
    throw notVerified(`${basename(path)} held ${gaussians.count} Gaussians of ${header.properties.size} numbers`);
  }
}
