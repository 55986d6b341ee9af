import type { RgbaPicture } from '../../media/png.ts';

/** Linear light of the 8-bit sRGB values. */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/**
 * A picture in OKLab (Ottosson 2020), where equal distances look about equally different; alpha is left out.
 * @returns [height, width, 3]: lightness 0..1, then the two colour axes, about -0.4..0.4.
 */
export function toOklab({ rgba }: RgbaPicture): Float32Array {
  const count = rgba.length / 4;
  const lab = new Float32Array(count * 3);
  for (let index = 0; index < count; index++) {
    const r = LINEAR[rgba[index * 4] ?? 0] ?? 0;
    const g = LINEAR[rgba[index * 4 + 1] ?? 0] ?? 0;
    const b = LINEAR[rgba[index * 4 + 2] ?? 0] ?? 0;
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    lab[index * 3] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
    lab[index * 3 + 1] = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
    lab[index * 3 + 2] = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  }
  return lab;
}
