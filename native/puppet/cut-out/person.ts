import type { RgbaPicture } from '../../media/png.ts';
import { grabCut, LIKELY_BACKGROUND, LIKELY_FOREGROUND, SURE_BACKGROUND, SURE_FOREGROUND } from './grab-cut.ts';
import { above, areaOf, distanceTo, erode, type Mask } from './raster.ts';
import { resample, type ValueGrid } from './resample.ts';

/** GrabCut works on a picture of this many pixels along the longer side: its time grows faster than its detail. */
const WORKING_SIDE = 448;
const ROUNDS = 4;
/** A person smaller than this share of the picture was not found. */
const LEAST_PERSON = 0.003;
/** How far clothes, hair and things in hand may reach beyond a coarse mask, as a share of the working side. */
const BEYOND = 0.035;

/** A person in front of anything. */
export interface PersonFigure {
  readonly mask: Mask;
  /** How many pixels the edge may be off. */
  readonly uncertainty: number;
}

/**
 * Refines a detector's coarse mask to the edges of the picture.
 * @param coarse Probability of the person, over the whole picture, any size.
 * @returns undefined where the mask holds no person.
 */
export async function personFigure(picture: RgbaPicture, coarse: ValueGrid): Promise<PersonFigure | undefined> {
  const scale = Math.min(1, WORKING_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const probability = resample(coarse, width, height);
  const likely = above(probability, 0.5);
  if (areaOf(likely) < LEAST_PERSON * likely.length) return undefined;

  const known = knowledge(probability, likely, width, height);
  const cut = await grabCut(scaledRgb(picture, width, height), known, width, height, ROUNDS);
  // Where the colours misled the cut, the detector knows better: a person does not vanish.
  const kept = areaOf(cut) > 0.5 * areaOf(likely) ? cut : likely;
  const values = Float32Array.from(kept);
  const fine = resample({ width, height, values }, picture.width, picture.height);
  return { mask: above(fine, 0.5), uncertainty: 1 / scale };
}

function knowledge(probability: Float32Array, likely: Mask, width: number, height: number): Uint8Array {
  const size = { width, height };
  const core = erode(above(probability, 0.9), size, 2);
  const away = distanceTo(likely, size);
  const reach = BEYOND * Math.max(width, height);
  return core.map((isCore, index) => {
    if (isCore) return SURE_FOREGROUND;
    if ((away[index] ?? 0) > reach) return SURE_BACKGROUND;
    return likely[index] ? LIKELY_FOREGROUND : LIKELY_BACKGROUND;
  });
}

function scaledRgb({ rgba, ...size }: RgbaPicture, width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let channel = 0; channel < 3; channel++) {
    const values = new Float32Array(rgba.length / 4);
    for (let index = 0; index < values.length; index++) values[index] = rgba[index * 4 + channel] ?? 0;
    const scaled = resample({ ...size, values }, width, height);
    for (let index = 0; index < scaled.length; index++) rgb[index * 3 + channel] = Math.round(scaled[index] ?? 0);
  }
  return rgb;
}
