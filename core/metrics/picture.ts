/** A picture to be measured: height x width x channels, row-major, channels interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Float32Array | Float64Array;
  /** The value of full brightness: 255 for 8-bit pictures, 1 for colours in 0..1. */
  readonly peak: number;
}

/** An 8-bit RGB picture, height x width x 3, as clips hold them. */
export const rgbPicture = (data: Uint8Array, width: number, height: number): Picture => {
  return { width, height, channels: 3, data, peak: 255 };
};

/** Throws a `RangeError` unless both have the same shape and peak and their data fill it. */
export function checkComparable(a: Picture, b: Picture): void {
  for (const { width, height, channels, data } of [a, b]) {
    if (data.length !== width * height * channels) {
      throw new RangeError(`A picture of ${width}x${height}x${channels} has ${data.length} numbers.`);
    }
  }
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels || a.peak !== b.peak) {
    throw new RangeError(`A ${a.width}x${a.height} picture cannot be compared with a ${b.width}x${b.height} one.`);
  }
}
