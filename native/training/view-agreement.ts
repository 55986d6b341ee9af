import type { Clip } from '../../core/clip.ts';
import { median } from '../../core/statistics.ts';
import { fillPictures, pixelOf, silhouettesOf, viewedCube, type Silhouette } from './visual-hull.ts';

/** Grid points along each side of the space that the cameras see. */
const CELLS = 48;
/** Frames that are looked at, spread over the clip: a view in doubt is so in most of them. */
const FRAMES = 5;
/** Share of a silhouette that the common hull must fill. Consistent views reach more, measured on clips with known truth. */
const EXPLAINED = 0.8;
/** Share of the views that may be left out; with more in doubt nobody can tell which ones are right. */
const MOST_LEFT_OUT = 0.25;

/**
 * Views whose silhouettes contradict those of the others: a wrong camera, a black or an empty picture, another character.
 * Geometry alone decides, over a few frames of the clip.
 * @param views The views that would take part.
 * @returns The views to leave out, at most a quarter of them; none when leaving views out explains nothing.
 */
export function viewsInDoubt(clip: Clip, views: readonly number[]): number[] {
  const step = Math.max(1, (clip.frames - 1) / Math.max(1, FRAMES - 1));
  const frames = [
    ...new Set(Array.from({ length: FRAMES }, (_, i) => Math.min(clip.frames - 1, Math.round(i * step)))),
  ];
  const pictures = frames
    .map((frame) => silhouettesOf(clip, views, frame))
    .filter((silhouettes) => !fillPictures(silhouettes));
  if (pictures.length === 0) return [];
  const leftOut: number[] = [];
  while (leftOut.length + 1 <= MOST_LEFT_OUT * views.length) {
    const tallies = pictures.map((silhouettes) => tally(silhouettes, leftOut));
    const explained = views.map((_, v) => median(tallies.map((t) => t.explained[v] ?? 1)));
    const unexplained = views.flatMap((_, v) => (!leftOut.includes(v) && (explained[v] ?? 1) < EXPLAINED ? [v] : []));
    if (unexplained.length === 0) break;
    // A silhouette with more than the others know is in doubt itself; one with less robs all others of theirs.
    const few = unexplained.length <= MOST_LEFT_OUT * views.length;
    const robbed = views.map((_, v) => median(tallies.map((t) => t.robbed[v] ?? 0)));
    const candidates = few ? unexplained : views.map((_, v) => v).filter((v) => !leftOut.includes(v));
    const score = (v: number): number => (few ? 1 - (explained[v] ?? 1) : (robbed[v] ?? 0));
    const worst = candidates.reduce((a, b) => (score(b) > score(a) ? b : a));
    leftOut.push(worst);
  }
  return leftOut.map((v) => views[v] ?? -1);
}

interface Tally {
  /** Share of each silhouette that the hull of all views fills. */
  readonly explained: readonly number[];
  /** Grid points that this view alone rules out. */
  readonly robbed: readonly number[];
}

function tally(silhouettes: readonly Silhouette[], leftOut: readonly number[]): Tally {
  const { centre, half } = viewedCube(silhouettes.map(({ camera }) => camera));
  const spacing = (2 * half) / (CELLS - 1);
  const filled = silhouettes.map(({ mask }) => new Uint8Array(mask.length));
  const robbed = silhouettes.map(() => 0);
  for (let k = 0; k < CELLS; k++) {
    for (let j = 0; j < CELLS; j++) {
      for (let i = 0; i < CELLS; i++) {
        const [x, y, z] = [i, j, k].map((cell, c) => (centre[c] ?? 0) - half + cell * spacing) as [
          number,
          number,
          number,
        ];
        let against = -1;
        let votes = 0;
        let seen = 0;
        for (const [v, silhouette] of silhouettes.entries()) {
          if (leftOut.includes(v)) continue;
          const pixel = pixelOf(silhouette, x, y, z);
          if (pixel < 0) continue;
          seen++;
          if (silhouette.mask[pixel]) continue;
          against = v;
          if (++votes > 1) break;
        }
        if (seen < 2 || votes > 1) continue;
        if (votes === 1) robbed[against] = (robbed[against] ?? 0) + 1;
        else for (const [v, silhouette] of silhouettes.entries()) fill(filled[v], silhouette, x, y, z, spacing);
      }
    }
  }
  const explained = silhouettes.map(({ mask }, v) => {
    let [pixels, both] = [0, 0];
    for (let p = 0; p < mask.length; p++) {
      if (!mask[p]) continue;
      pixels++;
      both += filled[v]?.[p] ?? 0;
    }
    return pixels === 0 ? 1 : both / pixels;
  });
  return { explained, robbed };
}

/** Marks what a grid point's cell covers in a picture. */
function fill(out: Uint8Array | undefined, s: Silhouette, x: number, y: number, z: number, spacing: number): void {
  const centre = pixelOf(s, x, y, z);
  if (centre < 0 || !out) return;
  const v = s.view;
  const depth = (v[8] ?? 0) * x + (v[9] ?? 0) * y + (v[10] ?? 0) * z + (v[11] ?? 0);
  const reach = Math.ceil((s.camera.fx * spacing * 0.75) / depth);
  const [column, row] = [centre % s.camera.width, Math.floor(centre / s.camera.width)];
  for (let r = Math.max(0, row - reach); r <= Math.min(s.camera.height - 1, row + reach); r++) {
    out.fill(
      1,
      r * s.camera.width + Math.max(0, column - reach),
      r * s.camera.width + Math.min(s.camera.width, column + reach + 1),
    );
  }
}
