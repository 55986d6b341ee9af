import sharp from 'sharp';
import type { Clip } from '../../core/clip.ts';
import { randomUniform } from '../../native/training/sampler.ts';

/** By how much pictures differ. Each picture, one of a view and a frame, draws its own values. */
export interface Perturbation {
  /** Largest shift along either axis, pixels. */
  readonly shift: number;
  /** Largest change of size about the middle of the picture, as a share. */
  readonly scale: number;
  /** Largest change of brightness, as a share. */
  readonly brightness: number;
  /** Largest shift along either axis of a field that varies smoothly over the picture, pixels. */
  readonly warp: number;
  /** Of the JPEG file that each picture passes through, 1..100. */
  readonly jpegQuality: number;
}

/** A model of views made by networks. */
export const SLIGHT: Perturbation = { shift: 2, scale: 0.01, brightness: 0.03, warp: 1.5, jpegQuality: 75 };

const STREAM = 201;
/** The warp is drawn at so many points along either axis, the corners of the picture among them. */
const WARP_POINTS = 5;
/** Numbers that a picture draws: shift along x and y, scale, brightness, warp. */
const DRAWS = 4 + 2 * WARP_POINTS ** 2;

/**
 * A clip whose views disagree slightly: each picture is shifted, scaled, warped and made lighter or darker by itself,
 * resampled and compressed. Outside the character, as moved, there is exactly the clip's background. `clip` is left as
 * it is. Same clip, seed and perturbation: same bytes.
 */
export async function perturbClip(clip: Clip, seed: number, perturbation: Perturbation = SLIGHT): Promise<Clip> {
  const images: Uint8Array[][] = [];
  for (const [view, pictures] of clip.images.entries()) {
    const perturbed = pictures.map((rgb, frame) => {
      const first = (view * clip.frames + frame) * DRAWS;
      const draws = Float32Array.from({ length: DRAWS }, (_, i) => 2 * randomUniform(seed, STREAM, first + i) - 1);
      return perturbPicture(rgb, clip, perturbation, draws);
    });
    images.push(await Promise.all(perturbed));
  }
  return { ...clip, images };
}

/** @param draws DRAWS numbers, -1..1. */
async function perturbPicture(
  rgb: Uint8Array,
  clip: Clip,
  perturbation: Perturbation,
  draws: Float32Array,
): Promise<Uint8Array> {
  const { width, height } = clip;
  const [shiftX = 0, shiftY = 0, scale = 0, brightness = 0] = draws;
  const size = 1 + perturbation.scale * scale;
  const light = 1 + perturbation.brightness * brightness;
  const background = clip.background.map((value) => Math.round(255 * value));
  const moved = new Uint8Array(rgb.length);
  /** 1 where the moved character is, [height, width]. */
  const character = new Uint8Array(width * height);
  const taps: Tap[] = Array.from({ length: 4 }, () => ({ pixel: 0, weight: 0 }));
  for (let pixel = 0; pixel < character.length; pixel++) {
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    const warpX = perturbation.warp * smoothField(draws, 4, x / (width - 1), y / (height - 1));
    const warpY = perturbation.warp * smoothField(draws, 4 + WARP_POINTS ** 2, x / (width - 1), y / (height - 1));
    const fromX = (x + 0.5 - width / 2 - perturbation.shift * shiftX) / size + width / 2 - 0.5 + warpX;
    const fromY = (y + 0.5 - height / 2 - perturbation.shift * shiftY) / size + height / 2 - 0.5 + warpY;
    placeTaps(taps, fromX, fromY, clip);
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (const { pixel: from, weight } of taps) {
        const value = rgb[from * 3 + c] ?? 0;
        sum += weight * value;
        if (weight > 0 && value !== background[c]) character[pixel] = 1;
      }
      moved[pixel * 3 + c] = Math.min(255, Math.round(light * sum));
    }
  }
  const raw = { width, height, channels: 3 } as const;
  const file = await sharp(moved, { raw }).jpeg({ quality: perturbation.jpegQuality }).toBuffer();
  const result = new Uint8Array(await sharp(file).raw().toBuffer());
  return result.map((value, i) => (character[Math.floor(i / 3)] ? value : (background[i % 3] ?? 0)));
}

interface Tap {
  pixel: number;
  weight: number;
}

/** The four pixels around a place and their bilinear weights; the border goes on outside the picture. */
function placeTaps(taps: readonly Tap[], x: number, y: number, { width, height }: Clip): void {
  for (const [i, tap] of taps.entries()) {
    const column = Math.floor(x) + (i & 1);
    const row = Math.floor(y) + (i >> 1);
    const inside = Math.min(Math.max(column, 0), width - 1);
    tap.pixel = Math.min(Math.max(row, 0), height - 1) * width + inside;
    tap.weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
  }
}

/** At a place (u, v), 0..1, of a grid of WARP_POINTS x WARP_POINTS `values` from `first` on; never beyond these values. */
function smoothField(values: Float32Array, first: number, u: number, v: number): number {
  const column = Math.min(Math.floor(u * (WARP_POINTS - 1)), WARP_POINTS - 2);
  const row = Math.min(Math.floor(v * (WARP_POINTS - 1)), WARP_POINTS - 2);
  const s = ease(u * (WARP_POINTS - 1) - column);
  const at = first + row * WARP_POINTS + column;
  const upper = mix(values[at] ?? 0, values[at + 1] ?? 0, s);
  const lower = mix(values[at + WARP_POINTS] ?? 0, values[at + WARP_POINTS + 1] ?? 0, s);
  return mix(upper, lower, ease(v * (WARP_POINTS - 1) - row));
}

const mix = (a: number, b: number, t: number): number => a + t * (b - a);

/** From 0 to 1 with slope 0 at both ends. */
const ease = (s: number): number => s * s * (3 - 2 * s);
