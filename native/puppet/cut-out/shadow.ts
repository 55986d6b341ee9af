import type { Backdrop } from './backdrop.ts';
import { componentsOf, dilate, flood, maskWhere, pixelsOf, type Box, type Mask, type Size } from './raster.ts';

/** Shadows on the ground lie in this lowest share of the figure. */
const GROUND = 0.3;
/** A shadow leaves at least this share of the light (as OKLab lightness: a fifth of the linear light). */
const DARKEST = 0.55;
/** Steepest change a pixel within a soft shadow, as a share of the change around it: an edge takes two pixels. */
const SOFT = 0.2;
/** Changes a pixel below this are none, OKLab. */
const FLAT = 0.005;

/**
 * Takes shadows on the ground out of the figure: darkened background near its lower end, either blurred (no edge between
 * it and the background) or a flat ellipse that is wider than high.
 */
export function withoutShadow(figure: Mask, backdrop: Backdrop, box: Box): Mask {
  const { outside } = backdrop;
  const floor = box.bottom - GROUND * (box.bottom - box.top);
  const dark = shadowColours(figure, backdrop, floor);
  const soft = softAreas(dark, backdrop);
  const open = soft.map((is, index) => (is || outside[index] ? 1 : 0));
  const reached = flood(open, pixelsOf(outside), backdrop);
  const shadow = new Uint8Array(figure.length);
  const grown = reached.map((is, index) => (is && !outside[index] ? 1 : 0));
  for (const part of componentsOf(grown, backdrop)) {
    // A shadow lies flat; light trousers in front of a light wall stand.
    const [wide, high] = [part.right - part.left, part.bottom - part.top];
    if (wide < 1.5 * high || wide < 0.2 * (box.right - box.left)) continue;
    for (const index of part.pixels) shadow[index] = 1;
  }
  addFlatShadows(shadow, soft, backdrop, box);
  const wide = dilate(shadow, backdrop, 2.5);
  const ground = maskWhere(figure.length, (i) => shadow[i] === 1 || (wide[i] === 1 && dark[i] === 1));
  standsOn(ground, figure, backdrop);
  return maskWhere(figure.length, (i) => figure[i] === 1 && ground[i] === 0);
}

/** Takes out of a shadow what has the figure below it: a light shoe above its sole is none. */
function standsOn(ground: Mask, figure: Mask, { width, height }: Size): void {
  for (let x = 0; x < width; x++) {
    let above = false;
    for (let index = (height - 1) * width + x; index >= 0; index -= width) {
      if (figure[index] && !ground[index]) above = true;
      else if (above) ground[index] = 0;
    }
  }
}

/** Where the figure could be background with less light: OKLab scales as a whole when light does. */
function shadowColours(figure: Mask, { lab, background, threshold, width }: Backdrop, floor: number): Mask {
  const { colours } = background;
  const reach = Math.max(0.02, threshold);
  return figure.map((is, index) => {
    if (!is || index < floor * width) return 0;
    const share = (lab[index * 3] ?? 0) / Math.max(colours[index * 3] ?? 0, 1e-3);
    if (share < DARKEST || share > 1.01) return 0;
    const a = (lab[index * 3 + 1] ?? 0) - share * (colours[index * 3 + 1] ?? 0);
    const b = (lab[index * 3 + 2] ?? 0) - share * (colours[index * 3 + 2] ?? 0);
    return Math.hypot(a, b) < reach ? 1 : 0;
  });
}

/** Where dark pixels change slowly, compared with how much they and the background around change in all. */
function softAreas(dark: Mask, { lab, background, outside, width, height }: Backdrop): Mask {
  const reach = Math.max(4, Math.round(0.006 * Math.hypot(width, height)));
  const light = (index: number): number => lab[index * 3] ?? 0;
  const rangeAround = (x: number, y: number): number => {
    let [low, high] = [Infinity, -Infinity];
    for (let ny = Math.max(y - reach, 0); ny <= Math.min(y + reach, height - 1); ny++) {
      for (let nx = Math.max(x - reach, 0); nx <= Math.min(x + reach, width - 1); nx++) {
        const at = ny * width + nx;
        if (!dark[at] && !outside[at]) continue;
        low = Math.min(low, light(at));
        high = Math.max(high, light(at));
      }
    }
    return high - low;
  };
  return dark.map((is, index) => {
    const x = index % width;
    if (!is || x === 0 || x === width - 1 || index < width || index >= width * (height - 1)) return is;
    const change = Math.hypot(light(index + 1) - light(index - 1), light(index + width) - light(index - width)) / 2;
    const allowed = FLAT + 1.5 * background.noise;
    return change < allowed || change < SOFT * rangeAround(x, (index - x) / width) ? 1 : 0;
  });
}

function addFlatShadows(shadow: Mask, soft: Mask, backdrop: Backdrop, box: Box): void {
  const rest = soft.map((is, index) => (is && !shadow[index] ? 1 : 0));
  const nearOutside = dilate(backdrop.outside, backdrop, 4);
  for (const part of componentsOf(rest, backdrop)) {
    const [wide, high] = [part.right - part.left, part.bottom - part.top];
    const isLow = part.bottom > box.bottom - 0.06 * (box.bottom - box.top);
    const isWide = wide > 2 * high && wide > 0.2 * (box.right - box.left);
    const isOpen = part.pixels.some((index) => nearOutside[index]);
    if (!isLow || !isWide || !isOpen || part.area < 0.35 * wide * high) continue;
    for (const index of part.pixels) shadow[index] = 1;
  }
}
