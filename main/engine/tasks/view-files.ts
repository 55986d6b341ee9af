import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { CharacterRecord } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { encodePng, type RgbaPicture } from '../../../native/media/png.ts';
import { readPicture } from '../../../native/media/read-picture.ts';
import { makeRestingPuppet } from '../../../native/puppet/make-puppet.ts';
import { renderRing } from '../../../native/puppet/render-ring.ts';
import type { CharacterFiles } from '../character-files.ts';
import { during, workFile, type TaskRun } from '../task-run.ts';

/** Generators look at views of this size at most. */
const MAX_SIDE = 960;
/** The puppet's own views are rendered in this size where they fill gaps. */
const FILLED_SIDE = 480;

/**
 * The views that the artist brought, as a folder of 21 pictures of one size that generators read; undefined where there are none.
 * Views that are missing are those of the puppet of the one picture.
 */
export async function writeViewFiles(
  { views }: CharacterRecord,
  files: CharacterFiles,
  run: TaskRun,
): Promise<string | undefined> {
  if (!views?.some((view) => view !== null)) return undefined;
  const folder = workFile(run, 'views');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const own = await ownViews(views, folder, run);
  const isWhole = own.size === views.length && isOneSize([...own.values()]);
  if (isWhole) return folder;
  const side = Math.min(...[...own.values()].map(({ width, height }) => Math.min(width, height)));
  if (side < 16)
    throw new AppError('bad-input', 'A picture of a view is too small; bring pictures of 64 pixels or more.');
  const fitted = Math.min(side, FILLED_SIDE);
  for (const [view, picture] of own) await writeFile(viewFile(folder, view), await square(picture, fitted));
  const missing = views.flatMap((view, index) => (view === null ? [index] : []));
  if (missing.length > 0) await fill(missing, folder, fitted, files, run);
  return folder;
}

const viewFile = (folder: string, view: number): string => join(folder, `view${view}.png`);

type Views = NonNullable<CharacterRecord['views']>;

/** Writes the artist's pictures as they are, and gives them. */
async function ownViews(views: Views, folder: string, run: TaskRun): Promise<ReadonlyMap<number, RgbaPicture>> {
  const own = new Map<number, RgbaPicture>();
  for (const [view, asset] of views.entries()) {
    if (asset === null) continue;
    run.signal.throwIfAborted();
    const path = viewFile(folder, view);
    await run.project().writeAsset(asset, path);
    const picture = await readPicture(path, { maxSide: MAX_SIDE });
    own.set(view, picture);
    await writeFile(path, encodePng(picture.rgba, picture.width, picture.height));
  }
  return own;
}

function isOneSize(pictures: readonly RgbaPicture[]): boolean {
  const [first] = pictures;
  return pictures.every(({ width, height }) => width === first?.width && height === first.height);
}

/** The middle square, which the ring's cameras see, as a PNG file of `side`. */
async function square({ width, height, rgba }: RgbaPicture, side: number): Promise<Uint8Array> {
  const inner = Math.min(width, height);
  const region = {
    left: Math.floor((width - inner) / 2),
    top: Math.floor((height - inner) / 2),
    ...{ width: inner, height: inner },
  };
  const raw = { raw: { width, height, channels: 4 } } as const;
  return sharp(rgba, raw).extract(region).resize(side, side).png().toBuffer();
}

async function fill(
  missing: readonly number[],
  folder: string,
  side: number,
  files: CharacterFiles,
  run: TaskRun,
): Promise<void> {
  run.report.onNotice(
    `${missing.length} of the 21 views have no picture of yours; the puppet of the one picture fills them.`,
  );
  const { signal, onProgress, onWarning } = during(run);
  const scene = await makeRestingPuppet({ ...files, size: side }, { signal, onProgress, onWarning });
  const { images } = await renderRing(scene, side, { signal, onProgress });
  for (const view of missing) {
    const rgb = images[view]?.[0];
    if (rgb) await writeFile(viewFile(folder, view), encodePng(rgb, side, side));
  }
}
