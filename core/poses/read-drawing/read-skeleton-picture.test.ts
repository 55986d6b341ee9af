import { describe, expect, it } from 'vitest';
import { drawSkeleton, type Scaling } from '../draw/draw-skeleton.ts';
import { ellipsePolygon } from '../draw/ellipse.ts';
import { BODY_COLOURS, BODY_LIMBS, type Colour } from '../draw/palette.ts';
import { fillDisc, fillPolygon, type PaintSpan } from '../draw/spans.ts';
import { BODY, OPENPOSE18 } from '../skeleton.ts';
import { readSkeletonPicture, type ReadSkeleton } from './read-skeleton-picture.ts';

/** A standing body, arms out to different heights; x and y in heights of the body, from its middle. */
const STANDING: Readonly<Record<string, readonly [number, number]>> = {
  nose: [0, -0.42],
  neck: [0, -0.3],
  right_shoulder: [-0.1, -0.3],
  right_elbow: [-0.22, -0.22],
  right_wrist: [-0.33, -0.3],
  left_shoulder: [0.1, -0.29],
  left_elbow: [0.16, -0.14],
  left_wrist: [0.24, -0.02],
  right_hip: [-0.07, 0],
  right_knee: [-0.1, 0.22],
  right_ankle: [-0.09, 0.45],
  left_hip: [0.07, 0],
  left_knee: [0.13, 0.21],
  left_ankle: [0.17, 0.43],
  right_eye: [-0.025, -0.45],
  left_eye: [0.025, -0.45],
  right_ear: [-0.06, -0.43],
  left_ear: [0.06, -0.43],
};

interface Size {
  readonly width: number;
  readonly height: number;
}

function standing({ width, height }: Size, confidence: (joint: number) => number = () => 1): Float32Array {
  const tall = 0.9 * Math.min(width, height);
  return Float32Array.from(
    OPENPOSE18.names.flatMap((name, k) => {
      const [x = 0, y = 0] = STANDING[name] ?? [];
      return [width / 2 + x * tall, height / 2 + y * tall, confidence(k)];
    }),
  );
}

const draw = (keypoints: Float32Array, size: Size, scaling: Scaling = 'bilinear'): Uint8Array =>
  drawSkeleton([{ keypoints }], 'openpose18', size, size, { scaling });

/** As plain OpenPose draws: right at the picture's size, limbs as bright as joints, red first. */
function drawPlain(keypoints: Float32Array, size: Size, halfWidth: number): Uint8Array {
  const rgb = new Uint8Array(size.width * size.height * 3);
  const paint =
    (colour: Colour): PaintSpan =>
    (row, first, last) => {
      for (let x = first; x <= last; x++) rgb.set(colour, (row * size.width + x) * 3);
    };
  const at = (k: number): [number, number] => [keypoints[k * 3] ?? 0, keypoints[k * 3 + 1] ?? 0];
  BODY_LIMBS.forEach(([from, to], limb) => {
    const [[ax, ay], [bx, by]] = [at(from), at(to)];
    const [x, y] = [Math.trunc((ax + bx) / 2), Math.trunc((ay + by) / 2)];
    const angle = Math.trunc((Math.atan2(ay - by, ax - bx) * 180) / Math.PI);
    const outline = ellipsePolygon(x, y, Math.trunc(Math.hypot(ax - bx, ay - by) / 2), halfWidth, angle);
    fillPolygon(outline, size, paint(BODY_COLOURS[limb] ?? [0, 0, 0]));
  });
  BODY_COLOURS.forEach((colour, joint) => {
    const [x, y] = at(joint);
    fillDisc(Math.trunc(x), Math.trunc(y), halfWidth, size, paint(colour));
  });
  return rgb;
}

function read(rgb: Uint8Array, size: Size): ReadSkeleton {
  const skeleton = readSkeletonPicture({ ...size, rgb });
  if (!skeleton) throw new Error('no skeleton was read');
  return skeleton;
}

function distances(a: Float32Array, b: Float32Array): number[] {
  return OPENPOSE18.names.map((_, k) => {
    const at = (points: Float32Array, c: number): number => points[k * 3 + c] ?? 0;
    return Math.hypot(at(a, 0) - at(b, 0), at(a, 1) - at(b, 1));
  });
}

const SMALL = { width: 720, height: 480 };

function swapped(rgb: Uint8Array): Uint8Array {
  return rgb.map((_, i) => rgb[i - (i % 3) + 2 - (i % 3)] ?? 0);
}

describe('a drawn body', () => {
  it.each([
    [720, 480, 1],
    [480, 720, 1],
    [256, 256, 2],
    [1080, 1080, 1],
  ])('of %ix%i is read back where it was drawn', (width, height, most) => {
    const keypoints = standing({ width, height });
    const { pose, skeleton, colourOrder } = read(draw(keypoints, { width, height }), { width, height });
    expect([skeleton, colourOrder]).toEqual(['openpose18', 'swapped']);
    expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(most);
  });

  it('is read in the other order of colours too', () => {
    const keypoints = standing(SMALL);
    const { pose, colourOrder } = read(swapped(draw(keypoints, SMALL)), SMALL);
    expect(colourOrder).toBe('written');
    expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(0.6);
  });

  it('keeps left and right when it is mirrored', () => {
    const keypoints = standing(SMALL).map((value, i) => (i % 3 === 0 ? SMALL.width - value : value));
    const { pose } = read(draw(keypoints, SMALL), SMALL);
    expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(0.6);
  });

  it('tells its confidences by brightness', () => {
    const keypoints = standing(SMALL, (k) => 0.6 + 0.02 * k);
    const { pose } = read(draw(keypoints, SMALL), SMALL);
    keypoints.forEach((value, i) => {
      if (i % 3 === 2) expect(Math.abs((pose.keypoints[i] ?? 0) - value)).toBeLessThan(0.03);
    });
  });

  it('lacks what was not drawn, and nothing else', () => {
    const missing: readonly number[] = [BODY.left_wrist, BODY.right_knee, BODY.right_ankle, BODY.left_ear];
    const { pose } = read(
      draw(
        standing(SMALL, (k) => (missing.includes(k) ? 0 : 1)),
        SMALL,
      ),
      SMALL,
    );
    const unknown = OPENPOSE18.names.map((_, k) => k).filter((k) => pose.keypoints[k * 3 + 2] === 0);
    expect(unknown).toEqual([...missing].sort((a, b) => a - b));
  });

  it('is read through an arm that lies over the trunk', () => {
    const keypoints = standing(SMALL);
    keypoints.set([370, 190, 1], BODY.left_wrist * 3);
    keypoints.set([430, 215, 1], BODY.left_elbow * 3);
    const { pose } = read(draw(keypoints, SMALL), SMALL);
    expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(1);
  });
});

describe('a body scaled as the published driving poses are', () => {
  it.each([
    [720, 480],
    [480, 720],
    [1080, 1080],
  ])('of %ix%i is read back where it was drawn', (width, height) => {
    const keypoints = standing({ width, height });
    const { pose } = read(draw(keypoints, { width, height }, 'bicubic'), { width, height });
    expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(1);
  });

  it('is read through an arm that lies over the trunk', () => {
    const keypoints = standing(SMALL);
    keypoints.set([370, 190, 1], BODY.left_wrist * 3);
    keypoints.set([430, 215, 1], BODY.left_elbow * 3);
    const { pose } = read(draw(keypoints, SMALL, 'bicubic'), SMALL);
    expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(1);
  });
});

describe('a plain OpenPose drawing', () => {
  // Its discs are no brighter than its limbs, whose ends reach into those of the same hue: two half widths at worst.
  it.each([
    [512, 512, 4],
    [720, 480, 4],
    [256, 256, 4],
    [720, 480, 2],
  ])(
    'of %ix%i with limbs of half width %i is read within two of these and half a pixel',
    (width, height, halfWidth) => {
      const keypoints = standing({ width, height });
      const { pose, colourOrder } = read(drawPlain(keypoints, { width, height }, halfWidth), { width, height });
      expect(colourOrder).toBe('written');
      expect(pose.keypoints.filter((value, i) => i % 3 === 2 && value > 0)).toHaveLength(18);
      expect(Math.max(...distances(pose.keypoints, keypoints))).toBeLessThan(2 * halfWidth + 0.5);
    },
  );
});

describe('what is no skeleton', () => {
  const empty = { ...SMALL, rgb: new Uint8Array(SMALL.width * SMALL.height * 3) };
  const white = { ...SMALL, rgb: empty.rgb.map(() => 255) };

  it('has nothing to read', () => {
    for (const picture of [empty, white]) expect(readSkeletonPicture(picture)).toBeUndefined();
  });
});
