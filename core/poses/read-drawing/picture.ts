/** An 8-bit RGB picture, height x width x 3. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Pixels of one colour family: place of the centre and brightness (the largest channel, 0..255). */
export interface HuePixels {
  readonly x: number[];
  readonly y: number[];
  readonly level: number[];
}

/** The palette's hues are whole multiples of this, in degrees. */
export const HUE_STEP = 20;
export const HUES = 360 / HUE_STEP;

/** Darker pixels are the noise of video compression. */
const LEAST_LEVEL = 28;
/** Share of the largest channel that the smallest may have; white dots and crossings are above it. */
const MOST_GREY = 0.35;
/** Video compression shifts hues; a pixel between two belongs to both, and where limbs meet tells which it was. */
const MOST_HUE_ERROR = 12;

/** Hue in degrees of a colour that is not grey. */
export function hueOf(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (most === red) return (60 * ((green - blue) / range) + 360) % 360;
  if (most === green) return 60 * ((blue - red) / range) + 120;
  return 60 * ((red - green) / range) + 240;
}

/** The saturated pixels by the palette's 18 hues that they may be (index = hue / 20 degrees), as the picture holds them, without those above `brightest`. */
export function pixelsByHue({ width, height, rgb }: RgbPicture, brightest = 255): HuePixels[] {
  const byHue = Array.from({ length: HUES }, (): HuePixels => ({ x: [], y: [], level: [] }));
  for (let p = 0, i = 0; p < width * height; p++, i += 3) {
    const red = rgb[i] ?? 0;
    const green = rgb[i + 1] ?? 0;
    const blue = rgb[i + 2] ?? 0;
    const level = Math.max(red, green, blue);
    if (level < LEAST_LEVEL || level > brightest || Math.min(red, green, blue) > level * MOST_GREY) continue;
    const hue = hueOf(red, green, blue);
    for (const step of [Math.floor(hue / HUE_STEP), Math.ceil(hue / HUE_STEP)]) {
      if (Math.abs(hue - step * HUE_STEP) > MOST_HUE_ERROR) continue;
      const pixels = byHue[step % HUES];
      pixels?.x.push((p % width) + 0.5);
      pixels?.y.push(Math.floor(p / width) + 0.5);
      pixels?.level.push(level);
      if (hue % HUE_STEP === 0) break;
    }
  }
  return byHue;
}

/** Tells whether a place, or a pixel beside it, is drawn on. */
export function drawnAround({ width, height, rgb }: RgbPicture): (x: number, y: number) => boolean {
  const isLit = (column: number, row: number): boolean => {
    if (column < 0 || row < 0 || column >= width || row >= height) return false;
    const i = (row * width + column) * 3;
    return Math.max(rgb[i] ?? 0, rgb[i + 1] ?? 0, rgb[i + 2] ?? 0) >= LEAST_LEVEL;
  };
  return (x, y) => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) if (isLit(column + dx, row + dy)) return true;
    return false;
  };
}
