import { MISSING_SHARE } from '../../core/metrics/silhouette.ts';
import { median } from '../../core/statistics.ts';

/** How well a scene repeats one picture that it learnt from. */
export interface FittedPicture {
  /** Counted from 0, like the frame. */
  readonly view: number;
  readonly frame: number;
  /** dB over the character's pixels; null where the picture shows no character. */
  readonly foregroundPsnr: number | null;
  /** Share of the character's pixels that nothing covers. */
  readonly uncovered: number;
}

/** How far below the others' a view's median may lie, dB: consistent views of clips with known truth differ by less than 3. */
const WORSE_VIEW = 4;

/** What to tell of a finished fit: the views and frames that it could not bring together, each in one sentence. */
export function doubtsAbout(pictures: readonly FittedPicture[]): string[] {
  return [...doubtfulViews(pictures), ...emptyFrames(pictures), ...missingParts(pictures)];
}

function doubtfulViews(pictures: readonly FittedPicture[]): string[] {
  const levels = [...groupBy(pictures, ({ view }) => view)].flatMap(([view, ofView]) => {
    const values = ofView.flatMap(({ foregroundPsnr }) => foregroundPsnr ?? []);
    return values.length > 0 ? [{ view, level: median(values) }] : [];
  });
  const usual = median(levels.map(({ level }) => level));
  const bad = levels.filter(({ level }) => level < usual - WORSE_VIEW).map(({ view }) => view);
  if (bad.length === 0) return [];
  const [subject, object] = bad.length === 1 ? ['View', 'it'] : ['Views', 'them'];
  return [
    `${subject} ${listed(bad)} (counted from 0) do${bad.length === 1 ? 'es' : ''} not agree with the other views. ` +
      `Check the camera and the pictures, or hold ${object} out.`,
  ];
}

function emptyFrames(pictures: readonly FittedPicture[]): string[] {
  const empty = framesWhere(pictures, (ofFrame) => ofFrame.every(({ foregroundPsnr }) => foregroundPsnr === null));
  return empty.length === 0 ? [] : [`There is no character in ${framesText(empty)}; its motion there is a guess.`];
}

function missingParts(pictures: readonly FittedPicture[]): string[] {
  const frames = framesWhere(pictures, (ofFrame) => ofFrame.some(({ uncovered }) => uncovered > MISSING_SHARE));
  if (frames.length === 0) return [];
  const worst = pictures.reduce((a, b) => (b.uncovered > a.uncovered ? b : a));
  return [
    `Part of the character is missing in ${framesText(frames)}, ` +
      `most of it in frame ${worst.frame + 1} of view ${worst.view}.`,
  ];
}

function framesWhere(
  pictures: readonly FittedPicture[],
  holds: (ofFrame: readonly FittedPicture[]) => boolean,
): number[] {
  const byFrame = [...groupBy(pictures, ({ frame }) => frame)];
  return byFrame.flatMap(([frame, ofFrame]) => (holds(ofFrame) ? [frame] : [])).toSorted((a, b) => a - b);
}

function groupBy<T>(items: readonly T[], key: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** "frame 3" or "frames 3, 8 to 10"; counted from 1, as on the screen. `frames` ascend and count from 0. */
function framesText(frames: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const frame of frames) {
    const run = runs.at(-1);
    if (run?.[1] === frame - 1) run[1] = frame;
    else runs.push([frame, frame]);
  }
  const parts = runs.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1} to ${last + 1}`));
  return `${frames.length === 1 ? 'frame' : 'frames'} ${listed(parts)}`;
}

/** "1", "1 and 2", "1, 2 and 3". */
export function listed(parts: readonly (string | number)[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? `${last}` : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
