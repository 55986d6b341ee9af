import { describe, expect, it } from 'vitest';
import { drawSkeleton } from '../draw/draw-skeleton.ts';
import { COCO_WHOLEBODY133, FACE_MIRRORED, FACE_POINTS, HAND_POINTS, WHOLEBODY } from '../skeleton.ts';
import { faceShape } from './face-shape.ts';
import { readSkeletonPicture } from './read-skeleton-picture.ts';
import { wholeBody } from './whole-body.ts';

const SIZE = { width: 480, height: 720 };
const { names } = COCO_WHOLEBODY133;

/** A body of 600 pixels, arms out and down. */
const BODY_PLACES: Readonly<Record<string, readonly [number, number]>> = {
  ...{ nose: [240, 100], right_eye: [228, 88], left_eye: [252, 88], right_ear: [212, 94], left_ear: [268, 94] },
  ...{ right_shoulder: [185, 175], right_elbow: [150, 260], right_wrist: [120, 340] },
  ...{ left_shoulder: [295, 175], left_elbow: [330, 260], left_wrist: [365, 335] },
  ...{ right_hip: [205, 370], right_knee: [200, 500], right_ankle: [198, 640] },
  ...{ left_hip: [275, 370], left_knee: [280, 500], left_ankle: [284, 640] },
};

interface Figure {
  /** Pixels from the wrist to the tip of the middle finger; no hands without it. */
  readonly hand?: number;
  /** Pixels between the eyes, and the head's turn in degrees; no face without them. */
  readonly face?: readonly [eyes: number, turn: number];
  readonly confidence?: number;
}

function figure({ hand, face, confidence = 1 }: Figure): Float32Array {
  const keypoints = new Float32Array(names.length * 3);
  const put = (k: number, x: number, y: number): void => {
    keypoints.set([x, y, confidence], k * 3);
  };
  for (const [name, [x, y]] of Object.entries(BODY_PLACES)) put(names.indexOf(name), x, y);
  if (hand !== undefined) {
    putHand(put, WHOLEBODY.rightHand, [118, 344], -1, hand);
    putHand(put, WHOLEBODY.leftHand, [367, 339], 1, hand);
  }
  if (face) putFace(put, ...face);
  return keypoints;
}

type Put = (k: number, x: number, y: number) => void;

/** Five fingers spread around straight down. */
function putHand(put: Put, first: number, [x, y]: readonly [number, number], side: 1 | -1, long: number): void {
  put(first, x, y);
  for (let finger = 0; finger < 5; finger++) {
    const angle = side * (-0.75 + finger * 0.32);
    for (const [joint, share] of [0.5, 0.7, 0.86, 1].entries()) {
      const reach = long * share * (finger === 0 ? 0.75 : 1 - 0.06 * Math.abs(finger - 2));
      put(first + 1 + finger * 4 + joint, x + Math.sin(angle) * reach, y + Math.cos(angle) * reach);
    }
  }
}

/** Nobody has the usual face: each feature is a little elsewhere. */
function putFace(put: Put, eyes: number, turn: number): void {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  faceShape(FACE_MIRRORED, FACE_POINTS).forEach(([x, y, z], k) => {
    const across = x * 1.06 * cos + z * sin + 0.02 * Math.sin(k * 1.7);
    const down = y * 0.96 + (k >= 48 ? 0.05 : 0) + (k >= 55 && k <= 59 ? 0.06 : 0) + 0.02 * Math.cos(k * 2.3);
    put(WHOLEBODY.face + k, 240 + across * eyes, 88 + down * eyes);
  });
}

function read(
  keypoints: Float32Array,
  size = SIZE,
): { readonly pose: Float32Array; readonly found: ReadonlySet<number> } {
  const rgb = drawSkeleton([{ keypoints }], 'coco-wholebody133', SIZE, size);
  const skeleton = readSkeletonPicture({ ...size, rgb });
  if (!skeleton) throw new Error('no skeleton was read');
  const pose = wholeBody(skeleton).keypoints;
  return { pose, found: new Set([...names.keys()].filter((k) => (pose[k * 3 + 2] ?? 0) > 0)) };
}

/** How far each keypoint that was found lies from where it was drawn, in pixels. */
function errors(first: number, count: number, { pose, found }: ReturnType<typeof read>, drawn: Float32Array): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
    .filter((k) => found.has(k))
    .map((k) => Math.hypot((pose[k * 3] ?? 0) - (drawn[k * 3] ?? 0), (pose[k * 3 + 1] ?? 0) - (drawn[k * 3 + 1] ?? 0)));
}

describe('hands of a drawn body', () => {
  const HANDS = [WHOLEBODY.rightHand, WHOLEBODY.leftHand];

  it('are read joint by joint, each hand its own', () => {
    const drawn = figure({ hand: 62 });
    const reading = read(drawn);
    for (const first of HANDS) {
      const off = errors(first, HAND_POINTS, reading, drawn);
      expect(off).toHaveLength(HAND_POINTS);
      expect(Math.max(...off)).toBeLessThan(1);
    }
  });

  it('are read in the other order of colours too', () => {
    const drawn = figure({ hand: 62 });
    const rgb = drawSkeleton([{ keypoints: drawn }], 'coco-wholebody133', SIZE, SIZE);
    const written = rgb.map((_, i) => rgb[i - (i % 3) + 2 - (i % 3)] ?? 0);
    const skeleton = readSkeletonPicture({ ...SIZE, rgb: written });
    expect(skeleton?.colourOrder).toBe('written');
    expect(skeleton?.hands.left?.[12 * 3 + 2]).toBeGreaterThan(0.9);
    expect(skeleton?.hands.right?.[12 * 3 + 2]).toBeGreaterThan(0.9);
  });

  it('tell their confidence by brightness', () => {
    const { pose } = read(figure({ hand: 62, confidence: 0.7 }));
    for (const first of HANDS) expect(Math.abs((pose[(first + 9) * 3 + 2] ?? 0) - 0.7)).toBeLessThan(0.1);
  });

  it('that are not drawn, or too small to tell, are not read', () => {
    for (const drawn of [figure({}), figure({ hand: 9 })]) {
      const { found } = read(drawn);
      for (const first of HANDS) expect([...found].filter((k) => k >= first && k < first + HAND_POINTS)).toEqual([]);
    }
  });

  it('lose a finger that is not drawn, and nothing else', () => {
    const drawn = figure({ hand: 62 });
    for (let joint = 0; joint < 4; joint++)
      drawn.fill(0, (WHOLEBODY.leftHand + 9 + joint) * 3, (WHOLEBODY.leftHand + 10 + joint) * 3);
    const { found } = read(drawn);
    const left = Array.from({ length: HAND_POINTS }, (_, k) => k).filter((k) => !found.has(WHOLEBODY.leftHand + k));
    expect(left).toEqual([9, 10, 11, 12]);
  });
});

describe('the face of a drawn body', () => {
  it.each([
    [36, 0],
    [36, 18],
    [30, -18],
  ])('of %i pixels between the eyes, turned by %i degrees, is read', (eyes, turn) => {
    const drawn = figure({ hand: 62, face: [eyes, turn] });
    const off = errors(WHOLEBODY.face, FACE_POINTS, read(drawn), drawn);
    expect(off.length).toBeGreaterThan(50);
    expect(off.filter((distance) => distance < 2).length / off.length).toBeGreaterThan(0.95);
  });

  it('is not read where there is none, where its dots run together, or where white dots are no face', () => {
    const scattered = figure({ face: [36, 0] });
    for (let k = 0; k < FACE_POINTS; k++) {
      const at = (WHOLEBODY.face + k) * 3;
      scattered[at] = 200 + ((k * 37) % 80);
      scattered[at + 1] = 60 + ((k * 53) % 75);
    }
    for (const drawn of [figure({}), figure({ face: [7, 0] }), scattered]) {
      const { found } = read(drawn);
      expect([...found].filter((k) => k >= WHOLEBODY.face && k < WHOLEBODY.face + FACE_POINTS)).toEqual([]);
    }
  });
});
