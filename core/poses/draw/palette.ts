import { HAND_LIMBS, OPENPOSE18 } from '../skeleton.ts';

/** Red, green, blue, 0 to 255 where nothing else is said. */
export type Colour = readonly [number, number, number];

/** Which way round a picture holds the published colours: as written, or with red and blue swapped as the method does. */
export type ColourOrder = 'swapped' | 'written';

/** The published colours of the body: limb i and keypoint i of `openpose18` share colour i. A rainbow in steps of 20 degrees. */
export const BODY_COLOURS: readonly Colour[] = [
  [255, 0, 0],
  [255, 85, 0],
  [255, 170, 0],
  [255, 255, 0],
  [170, 255, 0],
  [85, 255, 0],
  [0, 255, 0],
  [0, 255, 85],
  [0, 255, 170],
  [0, 255, 255],
  [0, 170, 255],
  [0, 85, 255],
  [0, 0, 255],
  [85, 0, 255],
  [170, 0, 255],
  [255, 0, 255],
  [255, 0, 170],
  [255, 0, 85],
];

/** Limbs in the order they are drawn, later ones over earlier ones: exactly those of `openpose18`. */
export const BODY_LIMBS = OPENPOSE18.limbs;

/** Colours of a hand's bones, channels in 0..1, in the order of `HAND_LIMBS`: hues all around the circle. */
export const HAND_COLOURS: readonly Colour[] = HAND_LIMBS.map((_, bone) => pureHue(bone / HAND_LIMBS.length));

/** Limbs are this much darker than the joints that are drawn over them. */
export const LIMB_BRIGHTNESS = 0.6;

/** The colour of a hue (0 to 1, red to red) at full saturation, in the steps of matplotlib, whose last bits decide a rounding. */
function pureHue(hue: number): Colour {
  const sector = Math.trunc(hue * 6);
  const falling = 1 - (hue * 6 - sector);
  const rising = 1 - falling;
  const colours: readonly Colour[] = [
    [1, rising, 0],
    [falling, 1, 0],
    [0, 1, rising],
    [0, falling, 1],
    [rising, 0, 1],
    [1, 0, falling],
  ];
  return colours[sector] ?? [1, 0, 0];
}
