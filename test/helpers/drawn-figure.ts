import { COCO_WHOLEBODY133 } from '../../core/poses/skeleton.ts';
import type { Pose } from '../../core/poses/pose-sequence.ts';
import type { RgbaPicture } from '../../native/media/png.ts';
import type { Character } from '../../native/puppet/character.ts';
import { nearestOnSegment, type Point } from '../../native/puppet/body/grid.ts';

export type Colour = readonly [number, number, number];

/** All points nearer than `radius` to a line of points. */
export interface Stroke {
  readonly line: readonly Point[];
  readonly radius: number;
  readonly colour: Colour;
}

export type Places = Readonly<Record<string, Point>>;

/** Strokes on transparency, later ones before earlier ones; edges are sharp. */
export function drawn(width: number, height: number, strokes: readonly Stroke[]): RgbaPicture {
  const rgba = new Uint8Array(width * height * 4);
  for (const { line, radius, colour } of strokes) {
    for (let p = 0; p < width * height; p++) {
      const point: Point = [(p % width) + 0.5, Math.floor(p / width) + 0.5];
      const isOn = line.some(
        (end, k) => nearestOnSegment(point, line[Math.max(k - 1, 0)] ?? end, end).distance < radius,
      );
      if (isOn) rgba.set([...colour, 255], p * 4);
    }
  }
  return { width, height, rgba };
}

/** A pose of `coco-wholebody133` with these keypoints known. */
export function poseAt(places: Places, confidence = 0.9): Pose {
  const { names } = COCO_WHOLEBODY133;
  const keypoints = new Float32Array(names.length * 3);
  for (const [name, [x, y]] of Object.entries(places)) {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`No keypoint is called ${name}.`);
    keypoints.set([x, y, confidence], index * 3);
  }
  return { keypoints };
}

/** Where a pose has a keypoint. */
export function placeIn({ keypoints }: Pose, name: string): Point {
  const index = COCO_WHOLEBODY133.names.indexOf(name) * 3;
  return [keypoints[index] ?? NaN, keypoints[index + 1] ?? NaN];
}

export const COLOURS = {
  skin: [230, 180, 150],
  hair: [60, 35, 20],
  eye: [250, 250, 255],
  shirt: [40, 80, 200],
  sleeve: [210, 40, 40],
  trousers: [70, 120, 70],
  line: [15, 15, 15],
} as const satisfies Readonly<Record<string, Colour>>;

const WIDTH = 160;
const HEIGHT = 170;

/** Joints of a man of 150 pixels who faces us: his right is on the left. Arms stretched out to the sides, a little down. */
export const MAN: Places = {
  ...{ nose: [80, 26], right_eye: [75, 22], left_eye: [85, 22], right_ear: [67, 23], left_ear: [93, 23] },
  ...{ right_shoulder: [61, 52], right_elbow: [38, 58], right_wrist: [18, 63] },
  ...{ left_shoulder: [99, 52], left_elbow: [122, 58], left_wrist: [142, 63] },
  ...{ right_hip: [71, 95], right_knee: [68, 124], right_ankle: [66, 150] },
  ...{ left_hip: [89, 95], left_knee: [92, 124], left_ankle: [94, 150] },
};

export interface ManOptions {
  /** Joints that are elsewhere. */
  readonly places?: Places;
  /** Whether his right arm is painted after the trunk (before it), or before the trunk (behind it). */
  readonly rightArm?: 'before' | 'behind';
  readonly sleeve?: Colour;
  /** Painted over everything. */
  readonly extra?: readonly Stroke[];
}

export interface DrawnMan extends Character {
  readonly places: Places;
}

/** The man as a picture: a head with hair and face, a shirt, sleeves of another colour, trousers. */
export function drawnMan({ places: changed, rightArm = 'before', sleeve, extra = [] }: ManOptions = {}): DrawnMan {
  const places = { ...MAN, ...changed };
  const at = (name: string): Point => places[name] ?? [0, 0];
  const arm = (side: string): Stroke => {
    const [elbow, wrist] = [at(`${side}_elbow`), at(`${side}_wrist`)];
    const tip: Point = [wrist[0] + (wrist[0] - elbow[0]) * 0.35, wrist[1] + (wrist[1] - elbow[1]) * 0.35];
    return { line: [at(`${side}_shoulder`), elbow, wrist, tip], radius: 6, colour: sleeve ?? COLOURS.sleeve };
  };
  const leg = (side: string): Stroke => ({
    line: [at(`${side}_hip`), at(`${side}_knee`), at(`${side}_ankle`), [at(`${side}_ankle`)[0], 154]],
    ...{ radius: 8, colour: COLOURS.trousers },
  });
  const trunk: Stroke[] = [-9, 0, 9].map((dx) => ({
    line: [
      [80 + dx * 1.1, 56],
      [80 + dx, 92],
    ],
    ...{ radius: 9, colour: COLOURS.shirt },
  }));
  const head: Stroke[] = [
    {
      line: [
        [80, 42],
        [80, 52],
      ],
      radius: 5,
      colour: COLOURS.skin,
    },
    { line: [[80, 24]], radius: 17, colour: COLOURS.hair },
    { line: [[80, 27]], radius: 11, colour: COLOURS.skin },
    { line: [at('right_eye')], radius: 2, colour: COLOURS.eye },
    { line: [at('left_eye')], radius: 2, colour: COLOURS.eye },
  ];
  const right = arm('right');
  const before = rightArm === 'before';
  const strokes = [
    ...[leg('right'), leg('left')],
    ...(before ? [] : [right]),
    ...trunk,
    ...head,
    arm('left'),
    ...(before ? [right] : []),
    ...extra,
  ];
  return { places, picture: drawn(WIDTH, HEIGHT, strokes), pose: poseAt(places) };
}

/** The same picture in one colour. */
export const inOneColour = ({ rgba, ...size }: RgbaPicture, colour: Colour): RgbaPicture => ({
  ...size,
  rgba: rgba.map((value, i) => (i % 4 === 3 ? value : (colour[i % 4] ?? 0))),
});

/** Number of solid pixels: the area at which a figure keeps the picture's scale. */
export const areaOf = ({ picture: { rgba } }: Character): number =>
  rgba.reduce((sum, value, i) => sum + (i % 4 === 3 && value >= 128 ? 1 : 0), 0);
