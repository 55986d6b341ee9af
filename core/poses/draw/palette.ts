import { HAND_LIMBS, OPENPOSE18 } from '../skeleton.ts';

/** Red, green, blue, 0 to 255. */
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

/** Colours of a hand's bones at full score, in the order of `HAND_LIMBS`: hues all around the circle. */
export const HAND_COLOURS: readonly Colour[] = HAND_LIMBS.map((_, bone) => pureHue(bone / HAND_LIMBS.length));

/** Limbs are this much darker than the joints that are drawn over them. */
export const LIMB_BRIGHTNESS = 0.6;

/** The colour of a hue (0 to 1, red to red) at full saturation, unrounded. */
function pureHue(hue: number): Colour {
  const sector = Math.trunc(hue * 6);
  const rising = hue * 6 - sector;
  const [up, down] = [255 * (1 - (1 - rising)), 255 * (1 - rising)];
  const colours: readonly Colour[] = [
    [255, up, 0],
    [down, 255, 0],
    [0, 255, up],
    [0, down, 255],
    [up, 0, 255],
    [255, 0, down],
  ];
  return colours[sector] ?? [255, 0, 0];
}
