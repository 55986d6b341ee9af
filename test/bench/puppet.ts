import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Clip } from '../../core/clip.ts';
import { readPoses } from '../../core/formats/poses.ts';
import { evaluate, type Quality } from '../../native/evaluation/evaluate.ts';
import { readInput } from '../../native/files/read.ts';
import { readClip } from '../../native/media/clip-folder.ts';
import { encodePng } from '../../native/media/png.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import { puppetGenerator } from '../../native/puppet/puppet-generator.ts';
import type { Bench } from './bench-options.ts';
import { plain } from './table.ts';

const NO_PICTURE = new Uint8Array();

/**
 * The puppet against clips whose truth is known: a body from the 21 views of the clip's first frame, moved by its true 2D poses
 * of view 0 and nothing else, compared with the clip; and beside it the first frame held still.
 */
export const benchPuppet: Bench = async ({ clips, say }) => {
  const rows: (string | number)[][] = [];
  for (const folder of clips) {
    const name = basename(resolve(folder));
    const truth = await readClip(folder);
    const posesFile = join(folder, 'poses.json');
    const poses = readPoses(await readInput(posesFile), posesFile);
    await withViews(truth, async (views) => {
      say(`${name}: 21 views`);
      const began = performance.now();
      const image = join(views, 'view0.png');
      const clip = await puppetGenerator.generate({ image, views, poses, size: truth.width }, { onWarning: say });
      const seconds = (performance.now() - began) / 1000;
      const moving = await qualityOf(truth, clip, false);
      const still = await qualityOf(truth, truth, true);
      rows.push([name, 'puppet from 21 views', seconds, ...moving], [name, 'first frame held', 0, ...still]);
    });
  }
  const decibels = (column: string): { name: string; digits: number } => ({ name: column, digits: 2 });
  const similarity = (column: string): { name: string; digits: number } => ({ name: column, digits: 4 });
  return [
    {
      caption:
        'A body from the 21 views of frame 1, moved by the true 2D poses of view 0, against the true clip. PSNR in dB over ' +
        'whole pictures; the still figure counts without frame 1, where it is the truth.',
      columns: [
        ...plain('clip', 'what', 'seconds'),
        ...[
          decibels('view 0 PSNR'),
          similarity('view 0 SSIM'),
          decibels('all views PSNR'),
          similarity('all views SSIM'),
        ],
      ],
      rows,
    },
    await timeOnePicture(say),
  ];
};

/** Hands over a folder with the pictures of a clip's first frame. */
async function withViews({ images, width, height }: Clip, use: (views: string) => Promise<void>): Promise<void> {
  const views = await mkdtemp(join(tmpdir(), 'charactershot-views-'));
  try {
    for (const [view, [rgb]] of images.entries()) {
      if (rgb) await writeFile(join(views, `view${view}.png`), encodePng(rgb, width, height));
    }
    await use(views);
  } finally {
    await rm(views, { recursive: true, force: true });
  }
}

/** PSNR and SSIM of view 0 and over all views. */
async function qualityOf(truth: Clip, shown: Clip, still: boolean): Promise<number[]> {
  const from = still ? 1 : 0;
  const part = { ...truth, frames: truth.frames - from, images: truth.images.map((frames) => frames.slice(from)) };
  const { views, mean } = await evaluate(part, (view, frame) =>
    Promise.resolve({ rgb: shown.images[view]?.[still ? 0 : frame] ?? NO_PICTURE }),
  );
  const values = ({ psnr, ssim }: Quality): number[] => [psnr, ssim];
  return [...(views[0] ? values(views[0]) : [NaN, NaN]), ...values(mean)];
}

/** The bundled character and a built-in motion, picture to clip of 21 x 25 pictures. */
async function timeOnePicture(say: (message: string) => void) {
  const image = join(import.meta.dirname, '../../assets/characters/cyborg.png');
  const rows: (string | number)[][] = [];
  for (const motion of ['walk', 'dance', 'jumping-jacks']) {
    say(`one picture: ${motion}`);
    const poses = await readBuiltInMotion(motion);
    const began = performance.now();
    const clip = await puppetGenerator.generate({ image, poses, size: 256 });
    const seconds = (performance.now() - began) / 1000;
    rows.push([motion, `${clip.cameras.length} x ${clip.frames} of ${clip.width}x${clip.height}`, seconds]);
  }
  const caption = 'From one picture to a clip in memory: cut-out, joints, body, motion, rendering.';
  return { caption, columns: plain('motion', 'clip', 'seconds'), rows };
}
