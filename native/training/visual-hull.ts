import { viewMatrix } from '../../core/camera.ts';
import type { Camera } from '../../core/camera.ts';
import type { Clip } from '../../core/clip.ts';
import { nearestPoint } from '../../core/nearest-point.ts';

/** Points on the surface of the space that all silhouettes agree on, with the colours the facing views show. */
export interface HullPoints {
  readonly count: number;
  /** [count, 3], world units. */
  readonly positions: Float32Array;
  /** [count, 3], sRGB 0..1. */
  readonly colours: Float32Array;
  /** Distance between neighbouring grid points. */
  readonly spacing: number;
}

/** How far a channel must be from the background, in 8-bit steps, to belong to the silhouette. */
const SILHOUETTE_THRESHOLD = 3;
const COARSE_CELLS = 48;
/** Share of all pixels above which silhouettes are no silhouettes: the background is not clean, and nothing can be carved. */
const FULL = 0.9;
/** A point outside the picture of some view cannot be carved by it; views that see it decide. */
const MIN_VIEWS = 2;

/** One picture as the hull sees it. */
export interface Silhouette {
  readonly camera: Camera;
  readonly view: Float64Array;
  readonly mask: Uint8Array;
  readonly rgb: Uint8Array;
}

/** 1 where a picture of the clip differs from its background, [height, width]. */
export function pictureMask(clip: Clip, view: number, frame: number): Uint8Array {
  const rgb = clip.images[view]?.[frame];
  if (!rgb) throw new RangeError(`no picture for view ${view}, frame ${frame}`);
  const background = clip.background.map((value) => Math.round(value * 255));
  const mask = new Uint8Array(clip.width * clip.height);
  for (let p = 0; p < mask.length; p++) {
    for (let c = 0; c < 3; c++) {
      if (Math.abs((rgb[p * 3 + c] ?? 0) - (background[c] ?? 0)) > SILHOUETTE_THRESHOLD) mask[p] = 1;
    }
  }
  return mask;
}

/** Whether no view shows anything but the background. */
export const isEmptyFrame = (clip: Clip, views: readonly number[], frame: number): boolean =>
  views.every((view) => !pictureMask(clip, view, frame).includes(1));

function silhouetteOf(clip: Clip, view: number, frame: number): Silhouette {
  const camera = clip.cameras[view];
  const rgb = clip.images[view]?.[frame];
  if (!camera || !rgb) throw new RangeError(`no picture for view ${view}, frame ${frame}`);
  return { camera, view: viewMatrix(camera), mask: pictureMask(clip, view, frame), rgb };
}

export const silhouettesOf = (clip: Clip, views: readonly number[], frame: number): Silhouette[] =>
  views.map((view) => silhouetteOf(clip, view, frame));

/** Pixel index of a world point in a silhouette's picture, or -1 when it falls outside. */
export function pixelOf(s: Silhouette, x: number, y: number, z: number): number {
  const v = s.view;
  const depth = (v[8] ?? 0) * x + (v[9] ?? 0) * y + (v[10] ?? 0) * z + (v[11] ?? 0);
  if (depth <= 0) return -1;
  const cx = (v[0] ?? 0) * x + (v[1] ?? 0) * y + (v[2] ?? 0) * z + (v[3] ?? 0);
  const cy = (v[4] ?? 0) * x + (v[5] ?? 0) * y + (v[6] ?? 0) * z + (v[7] ?? 0);
  const column = Math.floor((s.camera.fx * cx) / depth + s.camera.cx);
  const row = Math.floor((s.camera.fy * cy) / depth + s.camera.cy);
  if (column < 0 || row < 0 || column >= s.camera.width || row >= s.camera.height) return -1;
  return row * s.camera.width + column;
}

interface Grid {
  readonly origin: readonly [number, number, number];
  readonly spacing: number;
  readonly size: readonly [number, number, number];
}

/** 1 for grid points that no silhouette rules out. */
function carve(silhouettes: readonly Silhouette[], grid: Grid): Uint8Array {
  const [nx, ny, nz] = grid.size;
  const occupied = new Uint8Array(nx * ny * nz);
  for (let k = 0, index = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, index++) {
        const x = grid.origin[0] + i * grid.spacing;
        const y = grid.origin[1] + j * grid.spacing;
        const z = grid.origin[2] + k * grid.spacing;
        let inside = 0;
        for (const s of silhouettes) {
          const pixel = pixelOf(s, x, y, z);
          if (pixel < 0) continue;
          if (!s.mask[pixel]) {
            inside = -1;
            break;
          }
          inside++;
        }
        if (inside >= Math.min(MIN_VIEWS, silhouettes.length)) occupied[index] = 1;
      }
    }
  }
  return occupied;
}

/** A cube around the point nearest to all optical axes, as large as the cameras see there. */
export function viewedCube(cameras: readonly Camera[]): { centre: [number, number, number]; half: number } {
  const axes = cameras.map(({ cameraToWorld: m }) => ({
    origin: [m[3] ?? 0, m[7] ?? 0, m[11] ?? 0] as const,
    direction: [-(m[2] ?? 0), -(m[6] ?? 0), -(m[10] ?? 0)] as const,
  }));
  const [x, y, z] = nearestPoint(axes) ?? [0, 0, 0];
  const centre: [number, number, number] = [x, y, z];
  let half = Infinity;
  for (const camera of cameras) {
    const m = camera.cameraToWorld;
    const distance = Math.hypot((m[3] ?? 0) - centre[0], (m[7] ?? 0) - centre[1], (m[11] ?? 0) - centre[2]);
    half = Math.min(half, distance * Math.max(camera.width / (2 * camera.fx), camera.height / (2 * camera.fy)));
  }
  return { centre, half: Number.isFinite(half) && half > 0 ? half * 1.1 : 1 };
}

function occupiedBox(occupied: Uint8Array, grid: Grid): { low: number[]; high: number[] } | undefined {
  const [nx, ny] = grid.size;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  occupied.forEach((value, index) => {
    if (!value) return;
    const cell = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    for (let c = 0; c < 3; c++) {
      const at = (grid.origin[c] ?? 0) + (cell[c] ?? 0) * grid.spacing;
      low[c] = Math.min(low[c] ?? at, at);
      high[c] = Math.max(high[c] ?? at, at);
    }
  });
  return Number.isFinite(low[0]) ? { low, high } : undefined;
}

/** Colour of a surface point: the views that look at it head-on, weighted by how head-on. */
function facingColour(silhouettes: readonly Silhouette[], p: readonly number[], normal: readonly number[]): number[] {
  const sum = [0, 0, 0, 0];
  for (const s of silhouettes) {
    const pixel = pixelOf(s, p[0] ?? 0, p[1] ?? 0, p[2] ?? 0);
    if (pixel < 0) continue;
    const m = s.camera.cameraToWorld;
    const to = [(m[3] ?? 0) - (p[0] ?? 0), (m[7] ?? 0) - (p[1] ?? 0), (m[11] ?? 0) - (p[2] ?? 0)];
    const length = Math.hypot(...to) || 1;
    const facing = to.reduce((total, value, c) => total + (value / length) * (normal[c] ?? 0), 0);
    const weight = Math.max(facing, 0) ** 4 + 1e-6;
    for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (weight * (s.rgb[pixel * 3 + c] ?? 0)) / 255;
    sum[3] = (sum[3] ?? 0) + weight;
  }
  return [0, 1, 2].map((c) => (sum[c] ?? 0) / Math.max(sum[3] ?? 0, 1e-12));
}

/** Whether the silhouettes leave hardly any background, so that they say nothing. */
export function fillPictures(silhouettes: readonly Silhouette[]): boolean {
  let [set, all] = [0, 0];
  for (const { mask } of silhouettes) {
    all += mask.length;
    for (const value of mask) set += value;
  }
  return set > FULL * all;
}

/**
 * Surface of the visual hull of one frame.
 * @param views The views whose silhouettes carve.
 * @param cells Grid points along the longest side of the character.
 * @returns undefined when the silhouettes have nothing in common (no clean background, wrong cameras).
 */
export function visualHull(clip: Clip, frame: number, views: readonly number[], cells: number): HullPoints | undefined {
  const silhouettes = silhouettesOf(clip, views, frame);
  if (fillPictures(silhouettes)) return undefined;
  const { centre, half } = viewedCube(silhouettes.map((s) => s.camera));
  const coarse: Grid = {
    origin: [centre[0] - half, centre[1] - half, centre[2] - half],
    spacing: (2 * half) / (COARSE_CELLS - 1),
    size: [COARSE_CELLS, COARSE_CELLS, COARSE_CELLS],
  };
  const box = occupiedBox(carve(silhouettes, coarse), coarse);
  if (!box) return undefined;
  const extent = [0, 1, 2].map((c) => (box.high[c] ?? 0) - (box.low[c] ?? 0) + 2 * coarse.spacing);
  const spacing = Math.max(...extent) / cells;
  const size = extent.map((value) => Math.ceil(value / spacing) + 1);
  const grid: Grid = {
    origin: [0, 1, 2].map((c) => (box.low[c] ?? 0) - coarse.spacing) as [number, number, number],
    spacing,
    size: [size[0] ?? 1, size[1] ?? 1, size[2] ?? 1],
  };
  const occupied = carve(silhouettes, grid);
  const [nx, ny, nz] = grid.size;
  const at = (i: number, j: number, k: number): number =>
    i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz ? 0 : (occupied[(k * ny + j) * nx + i] ?? 0);
  const positions: number[] = [];
  const colours: number[] = [];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        if (!at(i, j, k)) continue;
        const normal = [
          at(i - 1, j, k) - at(i + 1, j, k),
          at(i, j - 1, k) - at(i, j + 1, k),
          at(i, j, k - 1) - at(i, j, k + 1),
        ];
        const length = Math.hypot(...normal);
        if (length === 0) continue;
        const p = [i, j, k].map((index, c) => (grid.origin[c] ?? 0) + index * spacing);
        positions.push(...p);
        colours.push(
          ...facingColour(
            silhouettes,
            p,
            normal.map((value) => value / length),
          ),
        );
      }
    }
  }
  if (positions.length === 0) return undefined;
  return {
    count: positions.length / 3,
    positions: Float32Array.from(positions),
    colours: Float32Array.from(colours),
    spacing,
  };
}
