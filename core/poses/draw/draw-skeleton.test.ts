import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { BODY, OPENPOSE18, WHOLEBODY } from '../skeleton.ts';
import { canvasSize, drawSkeleton } from './draw-skeleton.ts';
import { BODY_COLOURS } from './palette.ts';

/** The size at which the canvas is the picture, so that every pixel can be told by rule. */
const CANVAS = { width: 2160, height: 2160 };
const SMALL = { width: 720, height: 480 };

type Keypoints = Readonly<Record<number, readonly [x: number, y: number, confidence?: number]>>;

function pose(count: number, known: Keypoints): { keypoints: Float32Array } {
  const keypoints = new Float32Array(count * 3);
  for (const [k, [x, y, confidence = 1]] of Object.entries(known)) keypoints.set([x, y, confidence], Number(k) * 3);
  return { keypoints };
}

const drawBody = (known: Keypoints, size = CANVAS): Uint8Array =>
  drawSkeleton([pose(18, known)], 'openpose18', size, size);

const pixel = (rgb: Uint8Array, x: number, y: number, { width } = CANVAS): number[] => [
  ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

const BLACK = [0, 0, 0];

describe('limbs', () => {
  it('have the published colours, red and blue swapped, darkened to 0.6', () => {
    const people = OPENPOSE18.limbs.map(([from, to], i) =>
      pose(18, { [from]: [100 * i + 50, 100], [to]: [100 * i + 50, 300] }),
    );
    const rgb = drawSkeleton(people, 'openpose18', CANVAS, CANVAS);
    OPENPOSE18.limbs.forEach((_, i) => {
      const [red = 0, green = 0, blue = 0] = BODY_COLOURS[i] ?? [];
      expect(pixel(rgb, 100 * i + 50, 200)).toEqual([blue, green, red].map((c) => Math.trunc(c * 0.6)));
    });
  });

  it('are ellipses four pixels to both sides of the middle and as long as the bone', () => {
    const rgb = drawBody({ [BODY.neck]: [500, 400], [BODY.nose]: [500, 200] });
    const covered = [...Array(31).keys()].map((i) => 485 + i).filter((x) => pixel(rgb, x, 300)[0] !== 0);
    expect([covered.at(0), covered.at(-1)]).toEqual([496, 504]);
    // Nearer the end it is thinner: 4 sqrt(1 - 0.9^2) = 1.7.
    expect(pixel(rgb, 502, 210)).toEqual([153, 0, 0]);
    expect(pixel(rgb, 503, 210)).toEqual(BLACK);
  });

  it('are as bright as the product of the two confidences', () => {
    const rgb = drawBody({ [BODY.neck]: [500, 400, 0.5], [BODY.nose]: [500, 200, 0.8] });
    expect(pixel(rgb, 500, 300)).toEqual([Math.trunc(Math.trunc(255 * Math.fround(0.4)) * 0.6), 0, 0]);
  });

  it('are left out where an end is below the least confidence', () => {
    const rgb = drawBody({ [BODY.neck]: [500, 400, 0.29], [BODY.nose]: [500, 200] });
    expect(pixel(rgb, 500, 300)).toEqual(BLACK);
    expect(pixel(rgb, 500, 400)).toEqual(BLACK);
    expect(pixel(rgb, 500, 200)).toEqual([0, 0, 255]);
  });

  it('tell left from right', () => {
    const rgb = drawBody({
      [BODY.neck]: [500, 400],
      [BODY.right_shoulder]: [400, 400],
      [BODY.left_shoulder]: [600, 400],
    });
    expect(pixel(rgb, 450, 400)).toEqual([0, 0, 153]);
    expect(pixel(rgb, 550, 400)).toEqual([0, 51, 153]);
  });
});

describe('joints, hands and faces', () => {
  it('draws joints as discs of radius 4 in full brightness', () => {
    const rgb = drawBody({ [BODY.left_ear]: [50, 60, 0.5] });
    expect(pixel(rgb, 54, 60)).toEqual([42, 0, 127]);
    expect(pixel(rgb, 55, 60)).toEqual(BLACK);
    expect(pixel(rgb, 53, 63)).toEqual(BLACK); // 3, 3 is outside
  });

  it('draws face points as grey discs of radius 3 that say the confidence', () => {
    const known = { [WHOLEBODY.face + 30]: [700, 800, 0.5], [WHOLEBODY.face + 31]: [0.5, 800] } as const;
    const rgb = drawSkeleton([pose(133, known)], 'coco-wholebody133', CANVAS, CANVAS);
    expect(pixel(rgb, 703, 800)).toEqual([127, 127, 127]);
    expect(pixel(rgb, 704, 800)).toEqual(BLACK);
    expect(pixel(rgb, 0, 800)).toEqual(BLACK); // the method leaves the first column out
  });

  it('draws hands as hues with red joints', () => {
    const { leftHand } = WHOLEBODY;
    const known = { [leftHand]: [300, 300], [leftHand + 1]: [300, 340], [leftHand + 2]: [300, 380] } as const;
    const rgb = drawSkeleton([pose(133, known)], 'coco-wholebody133', CANVAS, CANVAS);
    expect(pixel(rgb, 300, 320)).toEqual([0, 0, 255]);
    expect(pixel(rgb, 300, 360)).toEqual([0, 77, 255]); // hue 1/20: 255 * 0.3 and the last bits above it
    expect(pixel(rgb, 300, 340)).toEqual([255, 0, 0]);
  });

  it('gives a wholebody skeleton the neck it lacks', () => {
    const shoulders = { 5: [600, 400, 0.5], 6: [400, 400, 0.9] } as const;
    const rgb = drawSkeleton([pose(133, shoulders)], 'coco-wholebody133', CANVAS, CANVAS);
    expect(pixel(rgb, 500, 400)).toEqual([0, 85, 255]);
    expect(pixel(rgb, 450, 400)).toEqual([0, 0, Math.trunc(Math.trunc(255 * Math.fround(0.9)) * 0.6)]);
  });
});

describe('the picture', () => {
  it('is black without people and without known keypoints', () => {
    expect(drawSkeleton([], 'openpose18', SMALL, SMALL).every((value) => value === 0)).toBe(true);
    const unknown = { keypoints: new Float32Array(54).map((_, i) => (i % 3 === 2 ? 0 : NaN)) };
    expect(drawSkeleton([unknown], 'openpose18', SMALL, SMALL).every((value) => value === 0)).toBe(true);
  });

  it('holds everybody, limbs under all joints', () => {
    const across = pose(18, { [BODY.neck]: [100, 240], [BODY.nose]: [500, 240] });
    const dot = pose(18, { [BODY.left_hip]: [300, 240] });
    for (const people of [
      [across, dot],
      [dot, across],
    ]) {
      const rgb = drawSkeleton(people, 'openpose18', SMALL, SMALL);
      expect(Math.max(...pixel(rgb, 300, 240, SMALL))).toBeGreaterThan(200);
      expect(pixel(rgb, 200, 240, SMALL)[0]).toBeGreaterThan(60);
    }
  });

  it('lies over the frame, whatever the frame was', () => {
    const known = { [BODY.neck]: [100, 50], [BODY.nose]: [150, 200] } as const;
    const twice = { [BODY.neck]: [200, 100], [BODY.nose]: [300, 400] } as const;
    const large = { width: 1440, height: 960 };
    expect(drawSkeleton([pose(18, twice)], 'openpose18', large, SMALL)).toEqual(drawBody(known, SMALL));
  });

  it('cuts what leaves it, however far', () => {
    const rgb = drawBody({ [BODY.neck]: [360, 240], [BODY.nose]: [1500, 240] }, SMALL);
    expect(pixel(rgb, 719, 240, SMALL)[0]).toBeGreaterThan(0);
    const outside = drawBody({ [BODY.neck]: [-300, -240], [BODY.nose]: [-1e6, -500] }, SMALL);
    expect(outside.every((value) => value === 0)).toBe(true);
  });

  it('has a canvas of 2160 at its shorter side', () => {
    expect(canvasSize(SMALL)).toEqual({ width: 3240, height: 2160 });
    expect(canvasSize({ width: 480, height: 720 })).toEqual({ width: 2160, height: 3240 });
  });
});

describe('what cannot be drawn', () => {
  it.each([
    ['a coordinate that is no number', [NaN, 10, 1]],
    ['an endless coordinate', [10, Infinity, 1]],
    ['a confidence that is no number', [10, 10, NaN]],
    ['a confidence above 1', [10, 10, 2]],
  ] as const)('refuses %s and names it', (_, row) => {
    expect(() => drawBody({ [BODY.left_knee]: row }, SMALL)).toThrow(/left_knee of person 0/);
    expect(() => drawBody({ [BODY.left_knee]: row }, SMALL)).toThrow(AppError);
  });

  it('refuses a pose of another skeleton and impossible sizes', () => {
    expect(() => drawSkeleton([pose(18, {})], 'coco-wholebody133', SMALL, SMALL)).toThrow(/18 keypoints/);
    for (const width of [0, -1, NaN, 1e6]) {
      expect(() => drawSkeleton([], 'openpose18', SMALL, { width, height: 480 })).toThrow(AppError);
    }
    expect(() => drawSkeleton([], 'openpose18', SMALL, { width: 0.5, height: 480 })).toThrow(AppError);
  });
});
