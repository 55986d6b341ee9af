/** Several channels of a video or of latents, row-major [channels, frames, height, width]. */
export interface Volume {
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

export type VolumeSize = Omit<Volume, 'data'>;

export const emptyVolume = ({ channels, frames, height, width }: VolumeSize): Volume => ({
  ...{ channels, frames, height, width },
  data: new Float32Array(channels * frames * height * width),
});

/** The place of a box within a volume. */
export interface Corner {
  readonly frame: number;
  readonly y: number;
  readonly x: number;
}

/** Copies the box of that size at `from` in `source` to `to` in `target`; all channels. */
export function copyBox(
  source: Volume,
  from: Corner,
  target: Volume,
  to: Corner,
  { frames, height, width }: { readonly frames: number; readonly height: number; readonly width: number },
): void {
  for (let c = 0; c < source.channels; c++) {
    for (let f = 0; f < frames; f++) {
      for (let y = 0; y < height; y++) {
        const start = rowStart(source, c, from.frame + f, from.y + y) + from.x;
        target.data.set(source.data.subarray(start, start + width), rowStart(target, c, to.frame + f, to.y + y) + to.x);
      }
    }
  }
}

/** Index of the first element of a row. */
export const rowStart = ({ frames, height, width }: VolumeSize, channel: number, frame: number, y: number): number =>
  ((channel * frames + frame) * height + y) * width;
